import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  createMelSpectrogram,
  type Mel,
  melOptions,
  melProfiles,
  readWav,
  writeWav,
} from '@hifigan/audio';
import { writeNpy } from '@hifigan/checkpoint';
import { presets } from '@hifigan/config';
import { golden, judgesPython, requireJudges } from '@hifigan/testkit';
import { expect, test } from 'vitest';
import { inFolder, runMain } from '../testing.js';

// For each convention whose mel is committed: synth by its name and by --mel-profile auto, beside synth of our own mel of the
// same recording, all by the packaged voice.

const file = golden(import.meta.url, '../../../audio/src/fixtures/mel-profiles.safetensors');
const ORACLE = fileURLToPath(new URL('../../../../tooling/reference-python', import.meta.url));
const { sampling_rate: samplingRate } = presets.v2;
const spectrogram = createMelSpectrogram(melOptions(presets.v2));

/** What the least faithful of them is held to: of the speech of our own mel. */
const LEAST_STOI = 0.8;

test.skipIf(!requireJudges().available)('every convention, to speech and back', () =>
  inFolder(async (cwd) => {
    for (const folder of ['own', 'named', 'auto']) mkdirSync(join(cwd, folder));
    const put = async (name: string, shape: readonly number[], data: Float32Array) =>
      writeFile(join(cwd, name), writeNpy({ shape, data }));
    const synth = (name: string, to: string, ...options: string[]) =>
      runMain(['synth', `${name}.npy`, '-o', to, '--format', 'float32', ...options], { cwd });
    const samplesOf = async (path: string) => readWav(await readFile(join(cwd, path))).channels[0];
    /** Cuts off by how much a file is later than our own speech, and tells it. */
    const align = async (path: string): Promise<number> => {
      const samples = await samplesOf(path);
      const late = latenessOf(samples, ownSpeech);
      const kept = Float32Array.from(
        { length: samples.length - late },
        (_, i) => samples[i + late] ?? 0,
      );
      const wav = writeWav({ samplingRate, channels: [kept] }, 'float32');
      await writeFile(join(cwd, path), wav);
      return late;
    };

    const names = melProfiles.map(({ name }) => name).filter((name) => file.names().includes(name));
    const rows: { name: string; late: number; distance: string; auto: string }[] = [];
    const own = file.array('hifigan');
    await put('own.npy', own.shape, own.data as Float32Array);
    expect((await synth('own', 'own.wav')).code).toBe(0);
    const ownSpeech = await samplesOf('own.wav');
    const ownMel = spectrogram.analyze(ownSpeech);
    for (const name of names) {
      const { shape, data } = file.array(name);
      await put(`${name}.npy`, shape, data as Float32Array);
      const options: string[] = [];
      if (file.names().includes(`${name}/mean`)) {
        const statistics = ['mean', 'scale'].flatMap((one) => [
          ...(file.array(`${name}/${one}`).data as Float32Array),
        ]);
        await put('statistics.npy', [2, statistics.length / 2], Float32Array.from(statistics));
        options.push('--mel-statistics', 'statistics.npy');
      }
      const named = await synth(name, `named/${name}.wav`, '--mel-profile', name, ...options);
      expect(named.code, named.stderr).toBe(0);
      const auto = await synth(name, `auto/${name}.wav`, '--mel-profile', 'auto', ...options);
      const late = await align(`named/${name}.wav`);
      if (auto.code === 0) await align(`auto/${name}.wav`);
      await writeFile(join(cwd, 'own', `${name}.wav`), await readFile(join(cwd, 'own.wav')));
      const mel = spectrogram.analyze(await samplesOf(`named/${name}.wav`));
      const taken = /converted from ([\w-]+)/.exec(auto.stderr)?.[1] ?? 'taken as it is';
      rows.push({
        name,
        late: Math.round((late / samplingRate) * 1000),
        distance: between(mel, ownMel).toFixed(2),
        auto: auto.code === 0 ? taken : 'asks for a name',
      });
    }

    const named = stoi(join(cwd, 'own'), join(cwd, 'named'));
    const auto = stoi(join(cwd, 'own'), join(cwd, 'auto'));
    const lines = rows.map(({ name, late, distance, auto: how }) => {
      const of = auto[name] === undefined ? '' : auto[name].toFixed(3);
      return `| ${name} | ${late} | ${distance} | ${named[name].toFixed(3)} | ${how} | ${of} |`;
    });
    console.log(lines.join('\n'));
    for (const [name, value] of Object.entries({ ...named, ...auto })) {
      expect(value, name).toBeGreaterThan(LEAST_STOI);
    }
  }),
);

/**
 * By how many samples one signal is later than another, where they agree best. Frames that are centred on the first sample, and
 * not on the middle of the first hop, make speech that is half a hop later, which is no error of what it says.
 */
function latenessOf(signal: Float32Array, reference: Float32Array): number {
  let [most, best] = [Number.NEGATIVE_INFINITY, 0];
  const length = Math.min(signal.length, reference.length) - 600;
  for (let late = -300; late <= 300; late++) {
    let sum = 0;
    for (let i = 300; i < length; i++) sum += reference[i] * signal[i + late];
    if (sum > most) [most, best] = [sum, late];
  }
  return best;
}

/** Mean of |Δ| of log-mels, over the frames that both have. */
function between(one: Mel, other: Mel): number {
  const length = Math.min(one.frames, other.frames) * one.mels;
  let sum = 0;
  for (let i = 0; i < length; i++) sum += Math.abs(one.data[i] - other.data[i]);
  return sum / length;
}

/** STOI by name, of pystoi. */
function stoi(reference: string, generated: string): Readonly<Record<string, number>> {
  const { stdout, stderr, status } = spawnSync(
    judgesPython(),
    ['-W', 'ignore', '-m', 'hifigan_reference', 'stoi', reference, generated],
    { cwd: ORACLE, encoding: 'utf8', env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' } },
  );
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout).files;
}
