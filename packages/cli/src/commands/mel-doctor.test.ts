import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { melProfile, type StoredArray } from '@hifigan/audio';
import { readNpy, writeNpy } from '@hifigan/checkpoint';
import { golden } from '@hifigan/testkit';
import { describe, expect, it } from 'vitest';
import { writeTone } from '../testing/audio.js';
import { melDistance, melOfWav } from '../testing/mels.js';
import { inFolder, runMain } from '../testing/run-main.js';

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

  it('says what may be the model’s or not, and neither takes it by itself nor refuses it', () =>
    inFolder(async (cwd) => {
      const { shape, data } = file.array('hifigan');
      // A floor that the model's own mels have not.
      const cut = (data as Float32Array).map((value) => Math.max(value, -6));
      await writeFile(join(cwd, 'cut.npy'), writeNpy({ shape, data: cut }));
      const checked = await runMain(['mel', '--check', 'cut.npy'], { cwd });
      expect(checked.code).toBe(1);
      expect(checked.stdout).toMatch(/^cut\.npy: may suit the model or not\n/);
      expect(checked.stdout).toMatch(
        /speaks against it: .*% of the values lie on the lowest, -6, .*\n {2}→ if it was made for this model, it suits: synth without --mel-profile takes it so; if not, .*FILE\.json \(hifigan mel --mel-profiles NAME/,
      );
      expect(checked.stdout).not.toMatch(/^ {2}hifigan /m);
      const synth = ['synth', 'cut.npy', '-o', 'out.wav', '--backend', 'wasm'];
      const auto = await runMain([...synth, '--mel-profile', 'auto'], { cwd });
      expect(auto.code).toBe(1);
      expect(auto.stderr).toMatch(
        /it may be what the model wants or not: .*synth without --mel-profile takes it so/,
      );
      const plain = await runMain(synth, { cwd });
      expect(plain.code, plain.stderr).toBe(0);
      expect(plain.stderr).toMatch(/may be those that are needed or not: .*lie on the lowest, -6/);
      const [mels, frames] = shape;
      const turned = cut.map((_, at) => cut[(at % mels) * frames + Math.floor(at / mels)]);
      const swapped = writeNpy({ shape: [frames, mels], data: turned });
      await writeFile(join(cwd, 'swapped.npy'), swapped);
      const asked = await runMain(['mel', '--check', 'swapped.npy'], { cwd });
      expect(asked.stdout).toMatch(
        /→ if it was made for this model, its axes are swapped: synth --mel-profile hifigan turns it/,
      );
      expect(asked.stdout).not.toMatch(/synth without --mel-profile/);
      const named = ['--mel-profile', 'hifigan', '--force'];
      const own = await runMain(['synth', 'swapped.npy', ...synth.slice(2), ...named], { cwd });
      expect(own.code, own.stderr).toBe(0);
      const spoken = await readFile(join(cwd, 'out.wav'));
      await runMain([...synth, '--force'], { cwd });
      expect(spoken.equals(await readFile(join(cwd, 'out.wav')))).toBe(true);
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
      expect(unsure.stderr).toMatch(
        /nothing in the values tells the sampling rate and the hop .*--mel-profile NAME, or state another in a FILE\.json .*:\n(.*\n)* {2}speecht5 +16000 Hz, hop 256: 1\.73 s, 80 bands from 80 to 7600 Hz, the loudest -15 dB/,
      );
      const named = await synth(cwd, 'espnet.npy', '--mel-profile', 'espnet');
      expect(named.code, named.stderr).toBe(0);
      await put(cwd, 'high.npy', 'hifigan-full-band');
      const high = await synth(cwd, 'high.npy', '--mel-profile', 'auto');
      expect(high.stderr).toMatch(/high\.npy: converted from hifigan-full-band; /);
      await put(cwd, 'own.npy', 'hifigan');
      const own = await synth(cwd, 'own.npy', '--mel-profile', 'auto');
      expect(own.stderr).toMatch(
        /taken as what the model wants, .* of hifigan-full-band \(1\.24 s, 80 bands from 0 to 11025 Hz/,
      );
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
      const coqui = ['mean', 'scale'].flatMap((name) => [
        ...(file.array(`coqui-statistics/${name}`).data as Float32Array),
      ]);
      const statistics80 = writeNpy({ shape: [2, 80], data: Float32Array.from(coqui) });
      await writeFile(join(cwd, 'coqui-stats.npy'), statistics80);
      await put(cwd, 'coqui.npy', 'coqui-statistics');
      const told = ['--mel-profile', 'auto', '--mel-statistics', 'coqui-stats.npy'];
      const recognised = await synth(cwd, 'coqui.npy', ...told);
      expect(recognised.stderr).toMatch(/coqui\.npy: converted from coqui-statistics; /);
    }));
});

describe('conventions in files', () => {
  const synth = (cwd: string, mel: string, profile: string, ...more: string[]) =>
    runMain(
      [
        'synth',
        mel,
        '-o',
        'out.wav',
        '--force',
        '--backend',
        'wasm',
        '--mel-profile',
        profile,
        ...more,
      ],
      { cwd },
    );

  it('convert as their names do, as mel --mel-profiles writes them and as bundles have them', () =>
    inFolder(async (cwd) => {
      await put(cwd, 'espnet.npy', 'espnet');
      const written = await runMain(['mel', '--mel-profiles', 'espnet'], { cwd });
      expect(written).toMatchObject({ code: 0, stderr: '' });
      expect(JSON.parse(written.stdout)).toEqual(melProfile('espnet'));
      await writeFile(join(cwd, 'mine.json'), written.stdout);
      await writeFile(join(cwd, 'bundle.json'), `{"format":2,"mel":${written.stdout}}`);
      expect((await synth(cwd, 'espnet.npy', 'espnet')).code).toBe(0);
      const wanted = await readFile(join(cwd, 'out.wav'));
      for (const file of ['mine.json', './bundle.json']) {
        const run = await synth(cwd, 'espnet.npy', file);
        expect(run.code, run.stderr).toBe(0);
        expect(run.stderr).toContain(`espnet.npy: converted from ${file}; `);
        expect(await readFile(join(cwd, 'out.wav'))).toEqual(wanted);
      }
      // Half the rate is twice the seconds, and heard so.
      const slow = { ...melProfile('espnet'), samplingRate: 11025, fmax: 5000 };
      await writeFile(join(cwd, 'slow.json'), JSON.stringify(slow));
      const run = await synth(cwd, 'espnet.npy', 'slow.json');
      expect(run.code, run.stderr).toBe(0);
      const { length } = await readFile(join(cwd, 'out.wav'));
      expect(Math.abs(length / wanted.length - 2)).toBeLessThan(0.02);
      const info = await runMain(['info', 'slow.json'], { cwd });
      expect(info.stdout).toMatch(/^slow\.json: mel profile\nprofile +11025 Hz, hop 256/);
    }));

  it('are what mel makes and checks', () =>
    inFolder(async (cwd) => {
      await put(cwd, 'espnet.npy', 'espnet');
      await put(cwd, 'own.npy', 'hifigan');
      await writeFile(join(cwd, 'mine.json'), JSON.stringify(melProfile('espnet')));
      const check = (name: string) =>
        runMain(['mel', '--check', name, '--mel-profile', 'mine.json'], { cwd });
      // ESPnet stores frames first.
      expect((await check('espnet.npy')).stdout).toMatch(/espnet\.npy: suits the model/);
      const other = await check('own.npy');
      expect(other.code).toBe(1);
      expect(other.stdout).toMatch(/own\.npy: is of another convention/);
      await writeTone(cwd, 'a.wav', { samplingRate: 22050, format: 'float32', seconds: 0.3 });
      const made = async (profile: string) => {
        const run = await runMain(
          ['mel', 'a.wav', '-o', 'a.npy', '--force', '--mel-profile', profile],
          { cwd },
        );
        expect(run.code, run.stderr).toBe(0);
        return readFile(join(cwd, 'a.npy'));
      };
      expect(await made('mine.json')).toEqual(await made('espnet'));
    }));

  it.each<[string, unknown, RegExp]>([
    [
      'no JSON',
      undefined,
      /mine\.json: must be JSON, because .*; begin with: hifigan mel --mel-profiles hifigan$/m,
    ],
    ['a list', [1], /mine\.json: \[1\] must be an object/],
    [
      'a key too few',
      { log: undefined },
      /mine\.json: log=missing must be one of natural, log10, /,
    ],
    ['a number as text', { hopSize: '256' }, /mine\.json: hopSize="256" must be /],
    [
      'a window beyond the transform',
      { windowSize: 4096 },
      /windowSize=4096 must be at most fftSize=1024/,
    ],
    [
      'a misspelt key',
      { pre_emphasis: 0.97 },
      /pre_emphasis must be a key of a mel profile, .*is preemphasis meant\? The keys are samplingRate, /,
    ],
    ['a logarithm of nothing', { floor: 0 }, /floor=0 must be above 0 with log=/],
  ])('are refused in words: %s', (_, change, words) =>
    inFolder(async (cwd) => {
      await put(cwd, 'own.npy', 'hifigan');
      const whole = { ...melProfile('hifigan'), ...(change as object) };
      const value = Array.isArray(change) ? change : whole;
      await writeFile(
        join(cwd, 'mine.json'),
        change === undefined ? '{"log"' : JSON.stringify(value),
      );
      const run = await synth(cwd, 'own.npy', 'mine.json');
      expect(run.code).toBe(1);
      expect(run.stderr).toMatch(words);
    }),
  );

  it('are not looked for where the name is none, or nothing is there', () =>
    inFolder(async (cwd) => {
      await put(cwd, 'own.npy', 'hifigan');
      const missing = await synth(cwd, 'own.npy', 'none.json');
      expect(missing).toMatchObject({ code: 1 });
      expect(missing.stderr).toMatch(/none\.json: .*no such file/);
      const wrong = await synth(cwd, 'own.npy', 'esp-net');
      expect(wrong.code).toBe(2);
      expect(wrong.stderr).toMatch(/must be one of auto, .*FILE\.json\. Did you mean espnet\?/);
    }));
});

describe('speech of converted mels', () => {
  // All conventions: pnpm --filter @hifigan/cli proof mel-doctor.
  it.each([
    ['decibel', 'decibel', 0.01],
    ['amplitude', 'auto', 0.01],
    ['log10', 'log10', 0.01],
    ['tacotron-keithito', 'auto', 0.15],
  ])('%s, by %s, is that of our own mel', (convention, profile, bound) =>
    inFolder(async (cwd) => {
      await put(cwd, 'own.npy', 'hifigan');
      await put(cwd, 'theirs.npy', convention);
      const speak = async (name: string, ...options: string[]) => {
        const to = ['-o', `${name}.wav`, '--format', 'float32', '--backend', 'wasm'];
        const run = await runMain(['synth', `${name}.npy`, ...to, ...options], { cwd });
        expect(run.code, run.stderr).toBe(0);
        return melOfWav(join(cwd, `${name}.wav`));
      };
      const own = await speak('own');
      const distance = melDistance(await speak('theirs', '--mel-profile', profile), own);
      console.info(`${convention}: mel distance ${distance.toFixed(4)}, bound ${bound}`);
      expect(distance).toBeLessThan(bound);
      // Unconverted it is another speech, or the test would tell nothing.
      const unconverted = await speak('theirs', '--force', '--mel-profile', 'hifigan');
      expect(melDistance(unconverted, own)).toBeGreaterThan(0.5);
    }),
  );
});

describe('hifigan mel --mel-profile', () => {
  it('writes mels of a convention at its own rate', () =>
    inFolder(async (cwd) => {
      const { writeTone } = await import('../testing/audio.js');
      await writeTone(cwd, 'a.wav', { seconds: 1 });
      const run = await runMain(['mel', 'a.wav', '-o', 'a.npy', '--mel-profile', 'espnet-24k'], {
        cwd,
      });
      expect(run.code, run.stderr).toBe(0);
      expect(readNpy(await readFile(join(cwd, 'a.npy'))).shape).toEqual([80, 81]);
    }));
});
