import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  createMelSpectrogram,
  createResampler,
  type Mel,
  melOptions,
  melProfiles,
  readWav,
} from '@hifigan/audio';
import { writeNpy } from '@hifigan/checkpoint';
import { presets } from '@hifigan/config';
import { golden, judgesPython, requireJudges } from '@hifigan/testkit';
import { expect, test } from 'vitest';
import { melDistance, melOfWav } from '../testing/mels.js';
import { inFolder, runMain } from '../testing/run-main.js';

// For each convention whose mel is committed: synth by its name and by --mel-profile auto, beside synth of our own
// mel of the same recording, all by the packaged voice.

const files = ['mel-profiles', 'mel-profiles-more', 'mel-profiles-scripts'].map((name) =>
  golden(import.meta.url, `../../../audio/src/fixtures/${name}.safetensors`),
);
const file = {
  names: () => files.flatMap((one) => one.names()),
  array: (name: string) => (files.find((one) => one.has(name)) ?? files[0]).array(name),
};
const ORACLE = fileURLToPath(new URL('../../../../tooling/reference-python', import.meta.url));
const { sampling_rate: samplingRate, hop_size: hop } = presets.v2;
/** Seconds of the recording, as tooling/reference-python cuts it. */
const [START, SECONDS] = [0.6, 1.25];
const spectrogram = createMelSpectrogram(melOptions(presets.v2));

/** What the least faithful of them is held to: of the speech of our own mel. */
const LEAST_STOI = 0.85;

test.skipIf(!requireJudges().available)('every convention, to speech and back', () =>
  inFolder(async (cwd) => {
    for (const folder of ['references', 'named', 'auto']) mkdirSync(join(cwd, folder));
    const put = async (name: string, shape: readonly number[], data: Float32Array) =>
      writeFile(join(cwd, name), writeNpy({ shape, data }));
    const synth = (name: string, to: string, ...options: string[]) =>
      runMain(['synth', `${name}.npy`, '-o', to, '--format', 'float32', ...options], { cwd });
    const melOf = (path: string) => melOfWav(join(cwd, path));

    const names = melProfiles.map(({ name }) => name).filter((name) => file.names().includes(name));
    // Each has its mel; a new one without fails here.
    expect(names).toEqual(melProfiles.map(({ name }) => name));
    const rows: { name: string; beside: string; distance: string; auto: string }[] = [];
    // Frames that lie half a hop earlier, as those that are centred on the first sample do, make another speech of
    // the same mel, so that each is beside the one whose frames lie as its own.
    const earlier = spectrogram.analyze(
      Float32Array.of(...new Float32Array(hop / 2), ...excerpt()),
    );
    const { shape, data } = file.array('hifigan');
    await put('own.npy', shape, data as Float32Array);
    await put('earlier.npy', [earlier.mels, earlier.frames], transposed(earlier));
    for (const name of ['own', 'earlier']) {
      expect((await synth(name, `${name}.wav`)).code).toBe(0);
    }
    const references = { own: await melOf('own.wav'), earlier: await melOf('earlier.wav') };
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
      const mel = await melOf(`named/${name}.wav`);
      const [[beside, distance]] = Object.entries(references)
        .map(([reference, other]) => [reference, melDistance(mel, other)] as const)
        .sort(([, one], [, other]) => one - other);
      expect(distance, name).toBeLessThan(0.5);
      const reference = await readFile(join(cwd, `${beside}.wav`));
      await writeFile(join(cwd, 'references', `${name}.wav`), reference);
      const taken = /converted from ([\w-]+)/.exec(auto.stderr)?.[1] ?? 'taken as it is';
      rows.push({
        name,
        beside,
        distance: distance.toFixed(2),
        auto: auto.code === 0 ? taken : 'asks for a name',
      });
    }

    const named = stoi(join(cwd, 'references'), join(cwd, 'named'));
    const auto = stoi(join(cwd, 'references'), join(cwd, 'auto'));
    const lines = rows.map(({ name, beside, distance, auto: how }) => {
      const of = auto[name] === undefined ? '' : auto[name].toFixed(3);
      return `| ${name} | ${beside} | ${distance} | ${named[name].toFixed(3)} | ${how} | ${of} |`;
    });
    console.log(lines.join('\n'));
    for (const [name, value] of Object.entries({ ...named, ...auto })) {
      expect(value, name).toBeGreaterThan(LEAST_STOI);
    }
  }),
);

/** What the committed mels are of, at the voice's rate. */
function excerpt(): Float32Array {
  const path = new URL('../../../../samples/it-vm-record-prepend.wav', import.meta.url);
  const { samplingRate: rate, channels } = readWav(readFileSync(path));
  const audio = channels[0].subarray(START * rate, (START + SECONDS) * rate);
  return createResampler(rate, samplingRate).resample(audio);
}

/** `[mels, frames]`, as files have it. */
function transposed({ data, frames, mels }: Mel): Float32Array {
  return data.map((_, at) => data[(at % frames) * mels + Math.floor(at / frames)]);
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
