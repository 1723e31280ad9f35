import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StoredArray } from '@hifigan/audio';
import { readNpy, writeNpy } from '@hifigan/checkpoint';
import { golden } from '@hifigan/testkit';
import { describe, expect, it } from 'vitest';
import { inFolder, runMain } from '../testing.js';

const file = golden(import.meta.url, '../../../audio/src/fixtures/mel-profiles.safetensors');

async function put(cwd: string, name: string, profile: string): Promise<void> {
  const { shape, data } = file.array(profile);
  await writeFile(join(cwd, name), writeNpy({ shape, data: data as Float32Array }));
}

describe('hifigan mel --check', () => {
  it('says what a mel is, with the evidence, and what to do', () =>
    inFolder(async (cwd) => {
      await put(cwd, 'own.npy', 'hifigan');
      await put(cwd, 'librosa.npy', 'librosa-80-decibel');
      await put(cwd, 'espnet.npy', 'espnet');
      const good = await runMain(['mel', '--check', 'own.npy'], { cwd });
      expect(good).toMatchObject({ code: 0 });
      expect(good.stdout).toMatch(/^own\.npy: suits the model\n {2}80 bands, 107 frames/);
      const bad = await runMain(['mel', '--check', 'librosa.npy', 'espnet.npy'], { cwd });
      expect(bad.code).toBe(1);
      expect(bad.stdout).toMatch(
        /^librosa\.npy: is of another convention: librosa-80-decibel\n(.*\n)*.*the highest value is 0 and the lowest -80\.00\n(.*\n)* {2}→ synth --mel-profile librosa-80-decibel \(or auto\) converts it/,
      );
      expect(bad.stdout).toMatch(/nothing in the values tells the sampling rate and the hop/);
      const json = await runMain(['mel', '--check', 'espnet.npy', '--json'], { cwd });
      const [one] = JSON.parse(json.stdout).files;
      expect(one).toMatchObject({ in: 'espnet.npy', suits: false, verdict: 'foreign' });
      expect(one.candidates.map(({ name }: { name: string }) => name)).toContain('espnet');
      expect(one.sure).toBeUndefined();
    }));

  it('lists conventions and wants arguments', () =>
    inFolder(async (cwd) => {
      const list = await runMain(['mel', '--mel-profiles'], { cwd });
      expect(list.stdout).toMatch(/^tacotron2-nvidia +NVIDIA Tacotron 2 and WaveGlow: 80 bands/m);
      expect(await runMain(['mel'], { cwd })).toMatchObject({ code: 2 });
      await put(cwd, 'a.npy', 'hifigan');
      expect((await runMain(['mel', 'a.npy'], { cwd })).code).toBe(2);
    }));
});

describe('hifigan synth --mel-profile', () => {
  const synth = (cwd: string, ...argv: string[]) =>
    runMain(['synth', ...argv, '-o', 'out.wav', '--force', '--backend', 'wasm'], { cwd });

  it('converts what is named, or surely recognised, and refuses to guess', () =>
    inFolder(async (cwd) => {
      await put(cwd, 'librosa.npy', 'librosa-80-decibel');
      await put(cwd, 'espnet.npy', 'espnet');
      await put(cwd, 'normalised.npy', 'espnet-statistics');
      const auto = await synth(cwd, 'librosa.npy', '--mel-profile', 'auto');
      expect(auto.code, auto.stderr).toBe(0);
      expect(auto.stderr).toMatch(/librosa\.npy: converted from librosa-80-decibel; its level was/);
      const unsure = await synth(cwd, 'espnet.npy', '--mel-profile', 'auto');
      expect(unsure.code).toBe(1);
      expect(unsure.stderr).toMatch(/it may be of .*espnet.*name one with --mel-profile/);
      const named = await synth(cwd, 'espnet.npy', '--mel-profile', 'espnet');
      expect(named.code, named.stderr).toBe(0);
      const without = await synth(cwd, 'normalised.npy', '--mel-profile', 'espnet-statistics');
      expect(without.code).toBe(1);
      expect(without.stderr).toMatch(/statistics=undefined must be given.*--mel-statistics/);
      const statistics = ['mean', 'scale'].flatMap((name) => [
        ...(file.array(`espnet-statistics/${name}`).data as Float32Array),
      ]);
      await writeFile(
        join(cwd, 'stats.npy'),
        writeNpy({ shape: [2, 80], data: Float32Array.from(statistics) } as StoredArray as never),
      );
      const given = await synth(
        cwd,
        'normalised.npy',
        '--mel-profile',
        'espnet-statistics',
        '--mel-statistics',
        'stats.npy',
      );
      expect(given.code, given.stderr).toBe(0);
    }));
});

describe('hifigan mel --profile', () => {
  it('writes mels of a convention at its own rate', () =>
    inFolder(async (cwd) => {
      const { writeTone } = await import('../testing-audio.js');
      await writeTone(cwd, 'a.wav', { seconds: 1 });
      const run = await runMain(['mel', 'a.wav', '-o', 'a.npy', '--profile', 'espnet-24k'], {
        cwd,
      });
      expect(run.code, run.stderr).toBe(0);
      expect(readNpy(await readFile(join(cwd, 'a.npy'))).shape).toEqual([80, 81]);
    }));
});
