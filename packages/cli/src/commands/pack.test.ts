import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readNpy, readSafetensors, writeSafetensors } from '@hifigan/checkpoint';
import { expectClose } from '@hifigan/testkit';
import { describe, expect, it } from 'vitest';
import { runMain } from '../testing/run-main.js';
import { inSynthWorkshop, readRecording } from '../testing/synth.js';

describe('hifigan pack', () => {
  it('packs a run into a bundle that sounds the same', () =>
    inSynthWorkshop(async (cwd) => {
      await writeFile(join(cwd, 'card.json'), JSON.stringify({ name: 'tiny', data: 'a tone' }));
      const packed = await runMain(
        ['pack', 'run', '-o', 'bundle', '--precision', 'float32', '--card', 'card.json'],
        { cwd },
      );
      expect(packed).toMatchObject({ code: 0, stdout: 'bundle\n' });
      expect((await readdir(join(cwd, 'bundle'))).sort()).toEqual([
        'bundle.json',
        'card.json',
        'config.json',
        'generator.safetensors',
        'golden.safetensors',
      ]);
      const { arrays } = readSafetensors(
        await readFile(join(cwd, 'bundle', 'generator.safetensors')),
      );
      expect([...arrays.keys()].filter((name) => /weight_[gv]$/.test(name))).toEqual([]);
      const values = [...arrays.values()].reduce((sum, { data }) => sum + data.length, 0);
      expect(JSON.parse(await readFile(join(cwd, 'bundle', 'card.json'), 'utf8'))).toEqual({
        name: 'tiny',
        data: 'a tone',
        steps: 101,
        parameters: values,
        precision: 'float32',
      });
      const speak = async (checkpoint: string) => {
        const out = `${checkpoint}.wav`;
        await runMain(
          ['synth', 'a.npy', '-o', out, '--format', 'float32', '--checkpoint', checkpoint],
          { cwd },
        );
        return (await readRecording(join(cwd, out))).channels[0];
      };
      expectClose(await speak('bundle'), await speak('run'), { max: 1e-5 });
      expect((await runMain(['pack', 'run', '-o', 'bundle'], { cwd })).stderr).toMatch(
        /bundle: exists already/,
      );
      expect((await runMain(['pack', 'run', '-o', 'bundle', '--force'], { cwd })).code).toBe(0);
      expectClose(await speak('bundle'), await speak('run'), { max: 2e-3 });
    }));

  it('asks for a licence, says what float16 costs, and takes speech for the golden output', () =>
    inSynthWorkshop(async (cwd) => {
      const pack = (...argv: string[]) =>
        runMain(['pack', ...argv, '--backend', 'cpu', '--force', '--json'], { cwd });
      const bare = await pack('run', '-o', 'b', '--float16');
      expect(bare.stderr).toMatch(/^note: the card names no licence, and must, .*--licence/m);
      expect(bare.stderr).toMatch(
        /; float16 moves its golden output by at most 0\.\d+% of the peak \(-\d\d dB\)$/m,
      );
      const { manifest } = JSON.parse(bare.stdout);
      expect(manifest.weights.precision).toBe('float16');
      expect(manifest.golden).toMatchObject({ frames: 48, samples: 48 * 64 });
      const named = await pack('b', '-o', 'b', ...['--licence', 'MIT', '--data', 'none at all']);
      expect(named.stderr).not.toMatch(/licence, and must.*\n.*the card names no/);
      expect(JSON.parse(named.stdout).card).toMatchObject({ licence: 'MIT', data: 'none at all' });
      // Of the loudest frames of the recording.
      const spoken = await pack('run', '-o', 'c', '--golden', 'a.wav', '--licence', 'MIT');
      expect(spoken.stderr).not.toMatch(/licence/);
      const golden = async (folder: string) =>
        readSafetensors(await readFile(join(cwd, folder, 'golden.safetensors'))).arrays.get('mel');
      const whole = readNpy(await readFile(join(cwd, 'a.npy'))).data as Float32Array;
      const cut = (await golden('c'))?.data as Float32Array;
      // Some frame of the whole is the first of the cut; both are [num_mels, frames].
      const frames = whole.length / 12;
      const first = Array.from({ length: 12 }, (_, band) => cut[band * 48]);
      const same = Array.from({ length: frames }, (_, frame) =>
        first.every((value, band) => Math.abs(whole[band * frames + frame] - value) < 1e-5),
      );
      expect(same).toContain(true);
      expect(await golden('b')).not.toEqual(await golden('c'));
    }));

  it('says in the card how the sound is refined, which synth does then and the golden output is not', () =>
    inSynthWorkshop(async (cwd) => {
      const refine = ['--refine', '3', '--bandwidth', '3000', '--phases', 'integrated'];
      const stated = [...refine, '--licence', 'MIT'];
      const packed = await runMain(
        [
          'pack',
          'run',
          '-o',
          'b',
          '--precision',
          'float32',
          '--backend',
          'cpu',
          ...stated,
          '--json',
        ],
        { cwd },
      );
      expect(JSON.parse(packed.stdout).card).toMatchObject({
        ...{ refine: 3, bandwidth: 3000, phases: 'integrated' },
      });
      expect(await runMain(['info', 'b', '--verify', '--backend', 'cpu'], { cwd })).toMatchObject({
        code: 0,
      });
      const speak = async (...words: string[]) => {
        const written = ['-o', 'x.wav', '--format', 'float32', '--force', '--backend', 'cpu'];
        const { code } = await runMain(['synth', 'a.npy', ...written, ...words], { cwd });
        expect(code).toBe(0);
        return (await readRecording(join(cwd, 'x.wav'))).channels[0];
      };
      const refined = await speak('--checkpoint', 'b');
      expect(await speak('--checkpoint', 'b', '--refine', '3')).toEqual(refined);
      expect(await speak('--checkpoint', 'b', '--phases', 'integrated')).toEqual(refined);
      expect(await speak('--checkpoint', 'b', '--phases', 'kept')).not.toEqual(refined);
      const plain = await speak('--checkpoint', 'run');
      expectClose(await speak('--checkpoint', 'b', '--refine', '0'), plain, { max: 1e-5 });
      const most = plain.reduce((a, value, i) => Math.max(a, Math.abs(value - refined[i])), 0);
      expect(most).toBeGreaterThan(1e-4);
      const wrong = await runMain(['pack', 'run', '-o', 'c', '--refine', '1.5'], { cwd });
      expect(wrong).toMatchObject({ code: 2, stdout: '' });
      const idle = ['--phases', 'integrated', '--backend', 'cpu'];
      for (const words of [
        ['pack', 'run', '-o', 'd'],
        ['synth', 'a.npy', '-o', 'i.wav', '--checkpoint', 'run'],
      ]) {
        const { code, stderr } = await runMain([...words, ...idle], { cwd });
        expect(code, stderr).toBe(0);
        expect(stderr).toMatch(/integrated phases do nothing without rounds of refinement/);
      }
      const none = await runMain(['pack', 'run', '-o', 'c', '--phases', 'none'], { cwd });
      expect(none).toMatchObject({ code: 2, stdout: '' });
      expect(none.stderr).toMatch(/--phases.*kept.*integrated/);
    }));

  it('renews bundles of before and edited cards, but seals no damage', () =>
    inSynthWorkshop(async (cwd) => {
      const run = (...argv: string[]) => runMain([...argv, '--backend', 'cpu'], { cwd });
      await run('pack', 'run', '-o', 'b', '--licence', 'MIT');
      const bytes = async (name: string) => readFile(join(cwd, 'b', name));
      const packed = await bytes('generator.safetensors');
      for (const name of ['bundle.json', 'golden.safetensors']) await rm(join(cwd, 'b', name));
      const old = await run('synth', 'a.npy', '-o', 'a1.wav', '--checkpoint', 'b');
      expect(old).toMatchObject({ code: 0 });
      expect(old.stderr).toMatch(/^note: b: has no bundle\.json, .*hifigan pack BUNDLE/m);
      expect((await run('info', 'b')).stdout).toMatch(
        /^bundle +format 1, before .*hifigan pack b -o b/m,
      );
      expect((await run('pack', 'b', '-o', 'b', '--force')).code).toBe(0);
      expect(await bytes('generator.safetensors')).toEqual(packed);
      expect((await run('info', 'b', '--verify')).code).toBe(0);

      await writeFile(join(cwd, 'b', 'card.json'), '{"name":"b","licence":"CC0-1.0"}');
      const edited = await run('synth', 'a.npy', '-o', 'a2.wav', '--checkpoint', 'b');
      expect(edited).toMatchObject({ code: 1, stdout: '' });
      expect(edited.stderr).toMatch(/card\.json: is cut off|card\.json: SHA-256/);
      expect((await run('pack', 'b', '-o', 'b', '--force')).code).toBe(0);
      expect((await run('info', 'b')).stdout).toMatch(/^licence +CC0-1\.0$/m);

      // What the configuration says of the mel may be corrected; what the manifest alone tells stays.
      const manifest = async () =>
        JSON.parse(await readFile(join(cwd, 'b', 'bundle.json'), 'utf8'));
      const before = await manifest();
      const config = JSON.parse(String(await bytes('config.json')));
      const corrected = JSON.stringify({ ...config, fmin: config.fmin + 10 });
      await writeFile(
        join(cwd, 'b', 'bundle.json'),
        JSON.stringify({ ...before, mel: { ...before.mel, log: 'log10' } }),
      );
      await writeFile(join(cwd, 'b', 'config.json'), corrected);
      const other = await run('info', 'b', '--verify');
      expect(other.stderr).toMatch(/config\.json: /);
      const fixed = await run('pack', 'b', '-o', 'b', '--force');
      expect(fixed.code, fixed.stderr).toBe(0);
      expect(fixed.stderr).toMatch(
        /^note: b: its bundle\.json says something else than when it was packed .* is sealed as it stands; .* download the bundle again/m,
      );
      expect((await manifest()).mel).toEqual({
        ...before.mel,
        log: 'log10',
        fmin: config.fmin + 10,
      });
      await writeFile(join(cwd, 'lower.json'), JSON.stringify(config));
      const named = await run('pack', 'b', '-o', 'b', '--force', '--config', 'lower.json');
      expect(named.code, named.stderr).toBe(0);
      // It was sealed anew, and of those that never were nothing can be told.
      expect(named.stderr).not.toMatch(/says something else/);
      expect((await manifest()).mel).toEqual({ ...before.mel, log: 'log10' });

      const damaged = new Uint8Array(packed);
      damaged[damaged.length - 2] ^= 1;
      await writeFile(join(cwd, 'b', 'generator.safetensors'), damaged);
      const refused = await run('pack', 'b', '-o', 'b', '--force');
      expect(refused).toMatchObject({ code: 1, stdout: '' });
      expect(refused.stderr).toMatch(/generator\.safetensors: SHA-256 .* must be/);
    }));

  it('refuses before it computes, the cheapest first', () =>
    inSynthWorkshop(async (cwd) => {
      const started: string[] = [];
      const backend = {
        ...{
          name: 'spy',
          description: 'tells that it started',
          available: async () => ({ ok: true as const }),
        },
        activate: async () => void started.push('spy'),
      };
      const pack = (...argv: string[]) =>
        runMain(['pack', ...argv, '--backend', 'spy'], { cwd, backends: [backend] });
      await mkdir(join(cwd, 'taken'));
      await writeFile(join(cwd, 'taken', 'generator.safetensors'), '');
      await writeFile(join(cwd, 'card.json'), '{}');
      const config = JSON.parse(await readFile(join(cwd, 'run', 'config.json'), 'utf8'));
      const wide = { ...config, upsample_initial_channel: 16 };
      await writeFile(join(cwd, 'wide.json'), JSON.stringify(wide));
      for (const [argv, message] of [
        [['nowhere', '-o', 'taken'], /^error: taken: exists already/m],
        [['nowhere', '-o', 'a.npy'], /^error: a\.npy: is a file/m],
        [['nowhere', '-o', 'new', '--card', 'card.json'], /^error: card\.json: must be an object/m],
        [['run', '-o', 'new', '--config', 'wide.json'], /g_00000100\.safetensors/],
        [['run', '-o', 'new', '--golden', 'none.wav'], /^error: none\.wav: cannot be read/m],
      ] as const) {
        const run = await pack(...argv);
        expect(run, argv.join(' ')).toMatchObject({ code: 1, stdout: '' });
        expect(run.stderr).toMatch(message);
      }
      expect(started).toEqual([]);
      expect(await readdir(cwd)).not.toContain('new');
    }));

  it('lists all arrays that have no place, as export does', () =>
    inSynthWorkshop(async (cwd) => {
      const path = join(cwd, 'run', 'g_00000100.safetensors');
      const { arrays, metadata } = readSafetensors(await readFile(path));
      const extra = Array.from({ length: 60 }, (_, i) => `extra.${i}.`);
      const one = { shape: [1], data: new Float32Array(1) };
      const more = new Map([...arrays, ...extra.map((name) => [name, one] as const)]);
      await writeFile(path, writeSafetensors(more, metadata));
      for (const [command, out] of [
        ['pack', 'new'],
        ['export', 'new.onnx'],
      ]) {
        const run = await runMain([command, 'run', '-o', out], { cwd });
        expect(run.code).toBe(1);
        expect(extra.filter((name) => !run.stderr.includes(name))).toEqual([]);
      }
    }));

  it('makes the bundle that convert makes, to the last byte', () =>
    inSynthWorkshop(async (cwd) => {
      const filesIn = async (folder: string) =>
        Object.fromEntries(
          await Promise.all(
            (await readdir(join(cwd, folder))).sort().map(async (name) => {
              return [name, (await readFile(join(cwd, folder, name))).toString('base64')] as const;
            }),
          ),
        );
      for (const [from, ...more] of [['run'], ['run', '--precision', 'float32'], ['packed']]) {
        const packed = await runMain(['pack', from, '-o', 'packed', '--force', ...more], { cwd });
        expect(packed.code, packed.stderr).toBe(0);
        const converted = await runMain(['convert', from, 'made', '--force', ...more], { cwd });
        expect(converted.code, converted.stderr).toBe(0);
        expect(await filesIn('made')).toEqual(await filesIn('packed'));
      }
    }));
});
