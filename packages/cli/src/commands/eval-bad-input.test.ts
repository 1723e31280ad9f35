import { existsSync, rmSync } from 'node:fs';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWav } from '@hifigan/audio';
import { describe, expect, it } from 'vitest';
import { inFolder, runMain } from '../testing/run-main.js';
import { noisy, SPEECH_RATE, speech, writeComparison, writeSpeech } from '../testing/speech.js';

const AS_IS = ['-c', 'v1-16k'];

describe('hifigan eval of what is not as it should be', () => {
  it('refuses before it works, and says what to do', () =>
    inFolder(async (cwd) => {
      await writeComparison(cwd);
      await mkdir(join(cwd, 'empty'));
      await writeSpeech(cwd, 'other/x.wav', speech(0, 1));
      await writeFile(join(cwd, 'page.html'), 'mine');
      await writeFile(join(cwd, 'list.txt'), 'nobody\n');
      await writeFile(join(cwd, 'blank.txt'), '\n');
      const refused = async (code: number, ...argv: string[]) => {
        const run = await runMain(['eval', ...argv], { cwd });
        expect({ code: run.code, stdout: run.stdout }, run.stderr).toEqual({ code, stdout: '' });
        return run.stderr;
      };
      expect(await refused(2)).toMatch(/missing required argument 'ref'/);
      expect(await refused(2, 'ref')).toMatch(
        /missing required argument 'gen'; .*--model, --voice/,
      );
      expect(await refused(1, 'ref', 'empty')).toMatch(/empty: has no \.wav, .* files/);
      expect(await refused(1, 'empty', 'ref')).toMatch(/empty: has no \.wav, .* files/);
      expect(await refused(1, 'none', 'ref')).toMatch(/none: cannot be read: there is no such/);
      expect(await refused(1, 'ref', 'other')).toMatch(
        /other: none of its files pairs with one of ref, because .*such as a\.wav there, such as x\.wav here.*; rename them/,
      );
      expect(await refused(1, 'blank.txt', 'ref')).toMatch(/blank\.txt: names no files/);
      await writeFile(join(cwd, 'twice.txt'), 'ref/a.wav\nref/deep/b.wav\nref/a.wav\n');
      expect(await refused(1, 'twice.txt', 'ref')).toMatch(
        /twice\.txt: names ref\/a\.wav twice and must name each reference once, because .*; remove a line/,
      );
      await writeFile(join(cwd, 'one-name.txt'), 'ref/a.wav|n\nref/deep/b.wav|n\n');
      expect(await refused(1, 'one-name.txt', '--mel-limit')).toMatch(
        /one-name\.txt: calls both ref\/a\.wav and ref\/deep\/b\.wav n and must give each a name/,
      );
      expect(await refused(2, '-', 'ref')).toMatch(/^error: -: recordings of two places/m);
      expect(await refused(2, 'ref', 'quiet', 'quiet')).toMatch(
        /quiet: two systems have this name; .*--system NAME=PATH/,
      );
      expect(await refused(2, 'ref', 'quiet', '--measures', 'stoy')).toMatch(
        /must be one of stoi, .*Did you mean stoi\?/,
      );
      expect(await refused(2, 'ref', 'quiet', '--confidence', '95')).toMatch(/between 0 and 1/);
      expect(await refused(2, '--griffin-lim', 'ref', 'quiet')).toMatch(/whole number/);
      expect(await refused(1, 'ref', 'quiet', '--only', 'list.txt')).toMatch(
        /--only list\.txt: names none of the references, such as a;/,
      );
      expect(await refused(1, 'ref', 'quiet', '-o', 'page.html')).toMatch(/exists already/);
      expect(await refused(2, 'ref', 'quiet', '-o', '-', '--ndjson')).toMatch(/both go to stdout/);
      expect(await refused(2, 'ref', 'quiet', '-o', '-', '--json')).toMatch(/both go to stdout/);
      expect(await refused(2, 'ref', 'quiet', '-fo', 'ref/a.wav')).toMatch(/name of a recording/);
      expect(await refused(2, 'ref', 'quiet', '-o', 'p.txt')).toMatch(/named \.txt, .*in \.html/);
      await writeSpeech(cwd, 'kept/mel-limit/deep/b.wav', speech(0, 1));
      expect(await refused(1, 'ref', '--mel-limit', '--keep', 'kept')).toMatch(
        /kept\/mel-limit\/deep\/b\.wav: exists already; .*--force/,
      );
      for (const [place, ...systems] of [
        ['ref', 'quiet'],
        ['quiet', 'quiet'],
      ]) {
        for (const keep of [place, `${place}/deep/kept`, join(cwd, `${place}/new/`)]) {
          const words = await refused(2, 'ref', ...systems, '--mel-limit', '--keep', keep);
          expect(words).toMatch(
            new RegExp(`: lies in ${place}, whose files are compared: .*; name a folder beside it`),
          );
        }
      }
      const two = ['--model', 'runs/a', '--model', 'runs_a', '--keep', 'made'];
      expect(await refused(2, 'ref', ...two)).toMatch(
        /runs\/a and runs_a: both would be kept in made\/runs_a; name them apart/,
      );
      expect(await refused(1, 'ref', 'quiet', '--only', 'blank.txt')).toMatch(
        /--only blank\.txt: is empty and must name at least one of the references, such as a, because/,
      );
      expect(await refused(2, 'ref', 'quiet', '--resamples', '1e12')).toMatch(
        /whole number from 100 to 10000000/,
      );
      // What is read is not written over, whatever is forced.
      await writeFile(join(cwd, 'all.txt'), 'ref/a.wav\n');
      await symlink('all.txt', join(cwd, 'link.html'));
      expect(await refused(2, 'all.txt', 'quiet', '-f', '-o', 'link.html')).toMatch(
        /is an input as well/,
      );
      // A list may have any name there.
      await writeFile(join(cwd, 'only'), 'a\n');
      const only = ['--only', 'only', '-f', '-o', 'only'];
      expect(await refused(2, 'ref', 'quiet', ...only)).toMatch(/only: is an input as well/);
      await writeFile(join(cwd, 'kept.txt'), 'kept/mel-limit/deep/b.wav\n');
      const onto = ['--mel-limit', '--keep', 'kept', '-f', '--system', 'x=kept.txt'];
      expect(await refused(2, 'ref', ...onto)).toMatch(/deep\/b\.wav: is an input as well/);
      expect(await refused(1, 'ref', '--model', 'empty')).toMatch(/^error: empty: /m);
      expect(await refused(2, 'ref', 'quiet', '--workers', '2')).toMatch(/program must be handed/);
    }));

  it('finishes all others, tells at the end what failed, and ends with 1', () =>
    inFolder(async (cwd) => {
      await writeComparison(cwd);
      const broken = await readFile(join(cwd, 'quiet/a.wav'));
      broken.writeFloatLE(Number.NaN, broken.length - 4 * 500);
      await writeFile(join(cwd, 'quiet/a.wav'), broken);
      await writeFile(join(cwd, 'loud/deep/b.wav'), 'RIFF and then nothing');
      await writeFile(join(cwd, 'ref/deep/c.wav'), '');
      const argv = ['eval', 'ref', 'quiet', 'loud', ...AS_IS, '--measures', 'stoi,mel_distance'];
      const { code, stdout, stderr } = await runMain([...argv, '--json'], { cwd });
      expect(code).toBe(1);
      const { failed, systems, differences, files } = JSON.parse(stdout);
      expect(failed).toEqual([
        { file: 'ref/deep/c.wav', reason: expect.stringMatching(/^ref\/deep\/c\.wav: /) },
        {
          ...{ file: 'quiet/a.wav', system: 'quiet' },
          reason: expect.stringMatching(
            /^quiet\/a\.wav: sample \d+ of channel 0 is NaN.* \(quiet\)$/,
          ),
        },
        {
          ...{ file: 'loud/deep/b.wav', system: 'loud' },
          reason: expect.stringMatching(/^loud\/deep\/b\.wav: .* \(loud\)$/),
        },
      ]);
      expect(systems.map((one: { files: number }) => one.files)).toEqual([1, 1]);
      expect(systems[0].measures.stoi.count).toBe(1);
      // No file has both.
      expect(differences[0].measures.stoi).toBeNull();
      expect(files).toHaveLength(2);
      const end = stderr.slice(stderr.indexOf('3 files failed'));
      for (const { reason } of failed) expect(end).toContain(`  ${reason}`);
      const table = await runMain(argv, { cwd });
      expect(table.stdout).toMatch(/^STOI +– +– *$/m);

      await writeFile(join(cwd, 'ref/a.wav'), 'x');
      await writeFile(join(cwd, 'quiet/deep/b.wav'), 'x');
      const nothing = await runMain(['eval', 'ref', 'quiet', ...AS_IS], { cwd });
      expect(nothing).toMatchObject({ code: 1, stdout: '' });
      expect(nothing.stderr).toMatch(/error: ref: none of 3 files could be measured: ref\/a\.wav/);
    }));

  it('says which measures are missing of silence and of what is too short; others stand', () =>
    inFolder(async (cwd) => {
      await writeComparison(cwd);
      const short = speech(0.2, 0.4);
      await writeSpeech(cwd, 'ref/short.wav', short);
      await writeSpeech(cwd, 'loud/short.wav', noisy(short, 0.01));
      const silence = new Float32Array(SPEECH_RATE);
      await writeSpeech(cwd, 'ref/silent.wav', silence);
      await writeSpeech(cwd, 'loud/silent.wav', noisy(silence, 0.01));
      await writeSpeech(cwd, 'ref/tiny.wav', short.subarray(0, 10));
      await writeSpeech(cwd, 'loud/tiny.wav', short.subarray(0, 10));
      const argv = ['eval', 'ref', 'loud', ...AS_IS, '--json', '--measures', 'all'];
      const { code, stdout, stderr } = await runMain([...argv, '-o', 'page.html'], { cwd });
      expect(code, stderr).toBe(0);
      const { files, systems } = JSON.parse(stdout);
      const soundOf = (name: string) =>
        files.find((file: { name: string }) => file.name === name).systems.loud;
      expect(soundOf('short').measures.stoi).toBeNull();
      expect(soundOf('short').missing.stoi).toMatch(/at least 30.*longer recording/);
      expect(soundOf('short').measures.mel_distance).toBeGreaterThan(0);
      expect(soundOf('silent').missing).toMatchObject({
        stoi: expect.stringMatching(/reference is silent/),
        f0_rmse: expect.stringMatching(/no frame is voiced/),
      });
      expect(soundOf('silent').measures.mel_distance).toBeGreaterThan(1);
      expect(soundOf('tiny').measures).toMatchObject({ stoi: null, mel_distance: null });
      expect(systems[0]).toMatchObject({ files: 6 });
      expect(systems[0].measures.stoi.count).toBe(3);
      expect(stderr).toMatch(/^note: STOI is missing of 3 sounds: .*silent \(loud\): .*silent/m);
      // What has no figure is not the worst.
      expect(
        files
          .slice(0, 3)
          .map(({ name }: { name: string }) => name)
          .sort(),
      ).toEqual([...['a', 'deep/b', 'deep/c']]);
    }));

  it('names as the worst what failed, then what is silent, then the others', () =>
    inFolder(async (cwd) => {
      await writeComparison(cwd);
      await writeSpeech(cwd, 'ref/z.wav', speech(4.8, 6));
      await writeSpeech(cwd, 'loud/z.wav', new Float32Array(1.2 * SPEECH_RATE));
      await writeSpeech(cwd, 'quiet/z.wav', speech(4.8, 6));
      await writeFile(join(cwd, 'loud/deep/c.wav'), 'RIFF');
      const argv = ['eval', 'ref', 'loud', 'quiet', ...AS_IS, '--sort', 'f0_rmse'];
      const options = ['--measures', 'stoi,f0_rmse', '-o', 'page.html', '--clips', '2'];
      const { code, stdout } = await runMain([...argv, ...options, '--json'], { cwd });
      expect(code).toBe(1);
      const { files } = JSON.parse(stdout);
      expect(files.map(({ name }: { name: string }) => name).slice(0, 2)).toEqual(['deep/c', 'z']);
      expect(files[1].systems.loud).toMatchObject({ silent: true, measures: { f0_rmse: null } });
      expect(files[1].systems.quiet).not.toHaveProperty('silent');
      const page = await readFile(join(cwd, 'page.html'), 'utf8');
      const heard = [...page.matchAll(/<h3>([^<]*)<\/h3>/g)].map(([, name]) => name);
      expect(heard).toEqual(['deep/c', 'z']);
      // Where nothing of a file can be heard, the place is for the next.
      const alone = ['eval', 'ref', 'loud', ...AS_IS, '--measures', 'stoi', '--clips', '1'];
      const one = await runMain([...alone, '-o', 'one.html'], { cwd });
      expect(one.stderr).toMatch(/^one\.html: 1 file with sound/m);
      const only = await readFile(join(cwd, 'one.html'), 'utf8');
      expect([...only.matchAll(/<h3>([^<]*)<\/h3>/g)].map(([, name]) => name)).toEqual(['z']);
      const table = await runMain([...argv, ...options.slice(0, 2)], { cwd });
      expect(table.stdout).toMatch(/^deep\/c +failed +\d/m);
      expect(table.stdout).toMatch(/^z +silent +\d/m);
    }));

  it('names among the worst what has lost the voice of its reference, and not what never had one', () =>
    inFolder(async (cwd) => {
      await writeComparison(cwd);
      const hiss = noisy(new Float32Array(1.2 * SPEECH_RATE), 0.05);
      await writeSpeech(cwd, 'ref/spoken.wav', speech(4.8, 6));
      await writeSpeech(cwd, 'loud/spoken.wav', hiss);
      await writeSpeech(cwd, 'ref/hissed.wav', hiss);
      await writeSpeech(cwd, 'loud/hissed.wav', hiss);
      const silence = new Float32Array(1.2 * SPEECH_RATE);
      await writeSpeech(cwd, 'ref/silent.wav', silence);
      await writeSpeech(cwd, 'loud/silent.wav', hiss);
      const measures = 'f0_rmse,loudness_difference';
      const argv = ['eval', 'ref', 'loud', ...AS_IS, '--measures', measures];
      const { stdout, stderr } = await runMain([...argv, '--json'], { cwd });
      const { files } = JSON.parse(stdout);
      expect(files[0], stderr).toMatchObject({
        ...{ name: 'spoken', systems: { loud: { lost: ['f0_rmse'] } } },
      });
      const last = files.slice(-2).map(({ name }: { name: string }) => name);
      expect(last.sort()).toEqual(['hissed', 'silent']);
      for (const { systems } of files.slice(-2)) expect(systems.loud).not.toHaveProperty('lost');
      expect((await runMain(argv, { cwd })).stdout).toMatch(/^spoken +lost +-?\d/m);
    }));

  it('says where channels cancel each other, and what to do', () =>
    inFolder(async (cwd) => {
      await writeComparison(cwd);
      const left = speech(4.8, 6);
      const right = left.map((value) => -value);
      const wav = writeWav({ samplingRate: SPEECH_RATE, channels: [left, right] });
      await writeFile(join(cwd, 'ref/z.wav'), wav);
      await writeSpeech(cwd, 'quiet/z.wav', left);
      const { code, stderr } = await runMain(
        ['eval', 'ref', 'quiet', ...AS_IS, '--measures', 'stoi', '--json'],
        { cwd },
      );
      expect(code, stderr).toBe(0);
      expect(stderr).toMatch(/^note: ref\/z\.wav: its channels cancel each other .*ffmpeg/m);
      expect(stderr).not.toMatch(/mixed from several/);
    }));

  it('ends at Ctrl-C, and leaves nothing', () =>
    inFolder(async (cwd) => {
      await writeComparison(cwd);
      const controller = new AbortController();
      const argv = ['eval', 'ref', 'quiet', 'loud', ...AS_IS, '-o', 'page.html'];
      const run = await runMain(argv, {
        ...{ cwd, signal: controller.signal, tty: true },
        heard: (text) => {
          if (text.includes('deep/b')) controller.abort();
        },
      });
      expect(run.code, run.stderr).toBe(130);
      expect(run.stderr).toMatch(/stopping; press Ctrl-C again/);
      expect(run.stderr).toMatch(/interrupted; nothing was written/);
      expect(run.stdout).toBe('');
      expect(existsSync(join(cwd, 'page.html'))).toBe(false);
    }));

  it('says at Ctrl-C what was told and kept by then', () =>
    inFolder(async (cwd) => {
      await writeComparison(cwd);
      // Told at once, when the second of three files is done.
      await writeFile(join(cwd, 'quiet/deep/b.wav'), 'RIFF');
      const controller = new AbortController();
      const argv = ['eval', 'ref', 'quiet', '--griffin-lim=1', ...AS_IS, '--keep', 'kept'];
      const run = await runMain([...argv, '--ndjson', '--measures', 'mel_distance'], {
        ...{ cwd, signal: controller.signal },
        heard: (text) => {
          if (text.includes('error: quiet/deep/b.wav')) controller.abort();
        },
      });
      expect(run.code, run.stderr).toBe(130);
      expect(run.stdout.split('\n').filter(Boolean)).toHaveLength(2);
      expect(run.stderr).toContain(
        'interrupted, without a result; the lines of 2 of 3 files are told; what was made of references by then stays in kept',
      );
      expect(existsSync(join(cwd, 'kept/griffin-lim-1/deep/b.wav'))).toBe(true);
    }));

  it('tells the result although the page cannot be made', () =>
    inFolder(async (cwd) => {
      await writeComparison(cwd);
      const argv = ['eval', 'ref', 'quiet', ...AS_IS, '-o', 'page.html', '--json'];
      const { code, stdout, stderr } = await runMain([...argv, '--measures', 'stoi'], {
        ...{ cwd, tty: true },
        // All is measured by then.
        heard: (text) => {
          if (text.includes('page ')) rmSync(join(cwd, 'quiet'), { recursive: true, force: true });
        },
      });
      expect(code).toBe(1);
      expect(JSON.parse(stdout)).toMatchObject({
        ...{ failed: [], systems: [{ name: 'quiet', files: 3 }] },
      });
      expect(stderr).toMatch(
        /page\.html: is not written, the result is told and whole: quiet\/.*\.wav: cannot be read/,
      );
      expect(existsSync(join(cwd, 'page.html'))).toBe(false);
    }));
});
