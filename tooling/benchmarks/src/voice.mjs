// How near a voice comes to recordings it never saw, and how near Griffin-Lim comes from the same mels.
//
//   hifigan synth DATA/wavs/… -o GENERATED --format float32
//   pnpm --filter @hifigan/benchmarks voice -- --data DATA --generated GENERATED [--griffin-lim OUT]
//
// Prints JSON: mean absolute difference of log-mels (natural logarithm), over the clips of GENERATED. With
// --griffin-lim its waves are written, so that other judges can hear them.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createMelSpectrogram, griffinLim, melOptions, readWav, writeWav } from '@hifigan/audio';
import { presets } from '@hifigan/config';

const { values } = parseArgs({
  // pnpm hands the separating "--" on.
  args: process.argv.slice(2).filter((word) => word !== '--'),
  options: {
    data: { type: 'string' },
    generated: { type: 'string' },
    config: { type: 'string', default: 'v2' },
    'griffin-lim': { type: 'string' },
  },
});
if (!values.data || !values.generated) throw new Error('voice: needs --data and --generated');
const start = process.env.INIT_CWD ?? process.cwd();
const data = resolve(start, values.data);
const generated = resolve(start, values.generated);
const griffinLimFolder = values['griffin-lim'] && resolve(start, values['griffin-lim']);

const { config } = values;
if (config !== 'v1' && config !== 'v2' && config !== 'v3') {
  throw new Error(`voice: --config ${config} must be v1, v2 or v3`);
}
const options = melOptions(presets[config]);
const bands = {
  [`to ${options.fmax} Hz`]: createMelSpectrogram(options),
  'whole band': createMelSpectrogram({ ...options, fmax: null }),
};
/** @type {Record<string, Record<string, number>>} */
const sums = {};
let clips = 0;
let seconds = 0;
if (griffinLimFolder) mkdirSync(griffinLimFolder, { recursive: true });

const audioOf = (/** @type {string} */ path) => readWav(readFileSync(path), path).channels[0];

for (const name of readdirSync(generated).filter((file) => file.endsWith('.wav'))) {
  const recorded = audioOf(join(data, 'wavs', name));
  const whole = Math.floor(recorded.length / options.hopSize) * options.hopSize;
  const reference = recorded.subarray(0, whole);
  const contenders = {
    voice: audioOf(join(generated, name)).subarray(0, whole),
    'Griffin-Lim': griffinLim(createMelSpectrogram(options).analyze(reference), options),
  };
  if (griffinLimFolder) {
    const wave = { samplingRate: options.samplingRate, channels: [contenders['Griffin-Lim']] };
    writeFileSync(join(griffinLimFolder, basename(name)), writeWav(wave, 'float32'));
  }
  for (const [band, mels] of Object.entries(bands)) {
    const target = mels.analyze(reference).data;
    for (const [contender, audio] of Object.entries(contenders)) {
      const found = mels.analyze(audio).data;
      let sum = 0;
      for (let i = 0; i < target.length; i++) sum += Math.abs(target[i] - found[i]);
      sums[band] ??= {};
      sums[band][contender] = (sums[band][contender] ?? 0) + sum / target.length;
    }
  }
  clips++;
  seconds += whole / options.samplingRate;
}

const melError = Object.fromEntries(
  Object.entries(sums).map(([band, by]) => [
    band,
    Object.fromEntries(Object.entries(by).map(([who, sum]) => [who, sum / clips])),
  ]),
);
console.log(JSON.stringify({ clips, seconds, melError }, null, 2));
