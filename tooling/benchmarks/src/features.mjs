// Log-mel spectrograms a second: @hifigan/audio, librosa and PyTorch, one thread each, one run.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createMelSpectrogram } from '@hifigan/audio';
import { describeMachine, grid, interleave, readMachine, timed } from '@hifigan/cli/measuring';
import { askPython } from './python.mjs';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '10' },
    rounds: { type: 'string', default: '40' },
    json: { type: 'string' },
  },
});
const seconds = Number(values.seconds);
const rounds = Number(values.rounds);
const options = {
  samplingRate: 22050,
  nFft: 1024,
  hopSize: 256,
  winSize: 1024,
  numMels: 80,
  fmin: 0,
  fmax: 8000,
};

// A gliding tone with overtones: no denormals, no silence, the same each time.
const audio = Float32Array.from({ length: seconds * options.samplingRate }, (_, n) => {
  const phase = 140 * (n / options.samplingRate) + 5 * Math.sin(n / 9000);
  return 0.3 * Math.sin(2 * Math.PI * phase) + 0.1 * Math.sin(14 * Math.PI * phase + 1);
});

const folder = mkdtempSync(join(tmpdir(), 'hifigan-features-'));
try {
  const file = join(folder, 'audio.f32');
  writeFileSync(file, new Uint8Array(audio.buffer));
  const { nFft, hopSize, numMels, samplingRate, fmax } = options;
  const python = askPython(fileURLToPath(new URL('features.py', import.meta.url)), [
    file,
    ...[nFft, hopSize, numMels, samplingRate, fmax].map(String),
  ]);
  const features = createMelSpectrogram(options);
  /** @type {Record<string, number>} */
  const means = {};
  /** @param {string} name */
  const asked = (name) => ({
    name,
    run: async () => {
      const { mean, ...timing } = await python.ask(name);
      means[name] = mean;
      return timing;
    },
  });
  const ours = {
    name: '@hifigan/audio',
    run: async () => {
      /** @type {Float32Array} */
      let data = new Float32Array(0);
      const timing = await timed(() => {
        data = features.analyze(audio).data;
      });
      means['@hifigan/audio'] = data.reduce((sum, value) => sum + value, 0) / data.length;
      return timing;
    },
  };
  const machine = readMachine();
  const results = await interleave([ours, asked('librosa'), asked('torch')], { rounds, warmUp: 3 });
  python.close();

  const [first, ...rest] = Object.values(means);
  if (rest.some((mean) => Math.abs(mean - first) > 1e-3)) {
    throw new Error(`the contenders disagree: mean values ${JSON.stringify(means)}`);
  }
  const perSecond = (/** @type {number} */ time) => Math.round(seconds / time);
  const best = results[0];
  console.log(
    `seconds of features a second, one thread, best of ${rounds} rounds of ${seconds} s; ${describeMachine(machine)}\n`,
  );
  console.log(
    grid(
      ['', 'by the clock', 'by CPU time', 'ours is faster by (clock, CPU)'],
      results.map(({ name, wall, cpu }) => [
        name,
        String(perSecond(wall)),
        String(perSecond(cpu)),
        `${(wall / best.wall).toFixed(2)} ${(cpu / best.cpu).toFixed(2)}`,
      ]),
    ),
  );
  if (values.json) {
    const report = {
      options,
      seconds,
      rounds,
      machine,
      results,
    };
    writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
