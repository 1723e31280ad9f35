import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { readWav, writeWav } from '@hifigan/audio';
import { readNpy, writeNpy } from '@hifigan/checkpoint';
import { createFlacEncoder } from '@hifigan/codecs/flac-encoder';
import { expectClose } from '@hifigan/testkit';
import { describe, expect, it } from 'vitest';
import { main } from '../main.js';
import { startHifigan, until } from '../testing/process.js';
import { type Run, runMain } from '../testing/run-main.js';
import { inSynthWorkshop, readRecording } from '../testing/synth.js';

const HOP = 64;
const MELS = 12;
const OPTIONS = ['--checkpoint', 'run', '--format', 'float32'];

/** The workshop's mel as frames without a header, and what it sounds like. */
async function spoken(cwd: string) {
  await runMain(['synth', 'a.npy', '-o', 'whole.wav', ...OPTIONS], { cwd });
  const { shape, data } = readNpy(await readFile(join(cwd, 'a.npy')));
  const [, frames] = shape;
  const raw = Buffer.alloc(4 * data.length);
  for (let frame = 0; frame < frames; frame++) {
    for (let mel = 0; mel < MELS; mel++) {
      raw.writeFloatLE(Number(data[mel * frames + frame]), 4 * (frame * MELS + mel));
    }
  }
  const [whole] = (await readRecording(join(cwd, 'whole.wav'))).channels;
  return { raw, whole, frames };
}

const saidOf = (stderr: string) => stderr.replace(/^peak .*$/m, '').trim();

/** Whether a process has opened a file, by what Linux tells. */
function holdsOpen(pid: number | undefined, path: string): boolean {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).some((descriptor) => {
    try {
      return readlinkSync(join(folder, descriptor)) === path;
    } catch {
      // Closed meanwhile.
      return false;
    }
  });
}

describe.skipIf(process.platform !== 'linux')('hifigan synth from named pipes', () => {
  it('is the same as from stdin, whoever comes first', () =>
    inSynthWorkshop(async (cwd) => {
      const { raw, whole } = await spoken(cwd);
      await promisify(execFile)('mkfifo', [join(cwd, 'fifo')]);
      const speak = () =>
        runMain(['synth', 'fifo', '-o', '-', '--input-format', 'f32', ...OPTIONS], { cwd });
      for (const late of ['reader', 'writer']) {
        const write = () => writeFile(join(cwd, 'fifo'), raw);
        let run: Promise<Run>;
        let written: Promise<void>;
        if (late === 'reader') {
          written = write();
          run = speak();
        } else {
          run = speak();
          await new Promise((done) => setTimeout(done, 300));
          written = write();
        }
        const { code, stderr, bytes } = await run;
        await written;
        expect(code, stderr).toBe(0);
        expectClose(readWav(bytes).channels[0], whole, { max: 1e-5 });
      }
    }));

  it('ends at Ctrl-C where nobody writes', () =>
    inSynthWorkshop(async (cwd) => {
      await promisify(execFile)('mkfifo', [join(cwd, 'fifo')]);
      const { child, stderr, ended } = startHifigan(
        ['synth', 'fifo', 'a.npy', '-o', 'out', ...OPTIONS],
        cwd,
      );
      await until(() => child.exitCode !== null || holdsOpen(child.pid, join(cwd, 'fifo')));
      child.kill('SIGINT');
      expect(await ended, stderr()).toBe(130);
      expect(existsSync(join(cwd, 'out'))).toBe(false);
    }));
});

describe('hifigan synth from pipes', () => {
  it('takes frames without a header, cut anywhere, and is the same as of a file', () =>
    inSynthWorkshop(async (cwd) => {
      const { raw, whole } = await spoken(cwd);
      for (const size of [7, 48, 1000, raw.length]) {
        const pieces = Array.from({ length: Math.ceil(raw.length / size) }, (_, i) =>
          raw.subarray(i * size, (i + 1) * size),
        );
        const run = await runMain(['synth', '-', '-o', '-', '--input-format', 'f32', ...OPTIONS], {
          cwd,
          stdin: Readable.from(pieces),
        });
        expect(run.code, run.stderr).toBe(0);
        const { format, channels } = readWav(run.bytes);
        expect(format).toBe('float32');
        expectClose(channels[0], whole, { max: 1e-5 });
      }
      const guessed = await runMain(['synth', '-', '-o', '-', ...OPTIONS], { cwd, input: raw });
      expectClose(readWav(guessed.bytes).channels[0], whole, { max: 1e-5 });
      expect(guessed.stderr).toMatch(/stdin: taken for frames of 12 float32 values/);
    }));

  it('doubts frames whose values come band after band, and no others', () =>
    inSynthWorkshop(async (cwd) => {
      const frames = 100;
      const level = (frame: number, band: number) => -2 - 0.6 * band + Math.sin(frame / 5 + band);
      const right = Float32Array.from({ length: frames * MELS }, (_, i) =>
        level(Math.floor(i / MELS), i % MELS),
      );
      const wrong = Float32Array.from({ length: frames * MELS }, (_, i) =>
        level(i % frames, Math.floor(i / frames)),
      );
      const told = async (values: Float32Array, ...more: string[]) => {
        const argv = ['synth', '-', '-o', '-', ...more, ...OPTIONS];
        const run = await runMain(argv, { cwd, input: Buffer.from(values.buffer) });
        expect(run.code, run.stderr).toBe(0);
        return run.stderr;
      };
      const doubt =
        /stdin: its values look like speech only where they are read band after band, .*transposed/;
      expect(await told(wrong, '--input-format', 'f32')).toMatch(doubt);
      expect(await told(wrong)).toMatch(doubt);
      expect(await told(right, '--input-format', 'f32')).not.toMatch(/band after band/);
    }));

  it('takes several .npy, each going on where the one before ended', () =>
    inSynthWorkshop(async (cwd) => {
      const { whole, frames } = await spoken(cwd);
      const { data } = readNpy(await readFile(join(cwd, 'a.npy')));
      const part = (from: number, to: number) => {
        const columns = Array.from({ length: MELS }, (_, mel) => [
          ...(data as Float32Array).subarray(mel * frames + from, mel * frames + to),
        ]);
        return writeNpy({ shape: [MELS, to - from], data: Float32Array.from(columns.flat()) });
      };
      const input = Buffer.concat([part(0, 40), part(40, 41), part(41, frames)]);
      const run = await runMain(['synth', '-', '-o', '-', ...OPTIONS], { cwd, input });
      expect(run.code, run.stderr).toBe(0);
      expectClose(readWav(run.bytes).channels[0], whole, { max: 1e-5 });
      const cut = await runMain(['synth', '-', '-o', 'cut.wav', ...OPTIONS], {
        ...{ cwd, input: input.subarray(0, -9) },
      });
      expect(cut).toMatchObject({ code: 1, stdout: '' });
      expect(cut.stderr).toMatch(/stdin: not a readable \.npy file: .* it is cut off/);
    }));

  it('takes compressed recordings as WAV, piped and as files, and leaves nothing of what is cut off', () =>
    inSynthWorkshop(async (cwd) => {
      await spoken(cwd);
      const { samplingRate, channels } = await readRecording(join(cwd, 'a.wav'));
      const encoder = await createFlacEncoder({ samplingRate, bits: 16 });
      const flac = Buffer.concat([
        encoder.begin(channels[0].length),
        encoder.encode(channels[0]),
        encoder.end().bytes,
      ]);
      await writeFile(join(cwd, 'b.flac'), flac);
      await writeFile(join(cwd, 'cut.flac'), flac.subarray(0, -9));
      await writeFile(join(cwd, 'b.wav'), writeWav({ samplingRate, channels }));
      const speak = (input: string, out: string) =>
        runMain(['synth', input, '-o', out, ...OPTIONS], { cwd, input: flac });
      const { bytes } = await speak('b.wav', '-');
      const [whole] = readWav(bytes).channels;
      for (const input of ['b.flac', '-']) {
        const run = await speak(input, '-');
        expect(run.code, run.stderr).toBe(0);
        expectClose(readWav(run.bytes).channels[0], whole, { max: 1e-5 });
      }
      const cut = await speak('cut.flac', 'cut.wav');
      expect(cut).toMatchObject({ code: 1, stdout: '' });
      expect(cut.stderr).toMatch(/cut\.flac: it is cut off or damaged: .* Copy it again/);
      expect(existsSync(join(cwd, 'cut.wav'))).toBe(false);
      expect(readdirSync(cwd).filter((name) => name.includes('cut'))).toEqual(['cut.flac']);
    }));

  it('takes recordings, and refuses what is neither', () =>
    inSynthWorkshop(async (cwd) => {
      const { whole } = await spoken(cwd);
      const recording = await readFile(join(cwd, 'a.wav'));
      const run = await runMain(['synth', '-', '-o', '-', ...OPTIONS], { cwd, input: recording });
      expectClose(readWav(run.bytes).channels[0], whole, { max: 1e-5 });
      const refused = async (input: Uint8Array, ...more: string[]) => {
        const { code, stderr, bytes } = await runMain(
          ['synth', '-', '-o', '-', ...OPTIONS, ...more],
          {
            ...{ cwd, input },
          },
        );
        expect([code, bytes.length]).toEqual([1, 0]);
        return stderr;
      };
      const f32 = ['--input-format', 'f32'];
      expect(
        await refused(Buffer.from('these are words, and not a few of them. '.repeat(9))),
      ).toMatch(/it is no recording that can be read \(it looks like text\)/);
      expect(await refused(Buffer.alloc(0), ...f32)).toMatch(/stdin: it is empty/);
      expect(await refused(Buffer.alloc(0))).toMatch(/stdin: it is empty, and must be a mel/);
      expect(await refused(Buffer.alloc(50), ...f32)).toMatch(/within frame 1: 2 of 48 bytes/);
      const nan = Buffer.alloc(96);
      nan.writeFloatLE(Number.NaN, 52);
      expect(await refused(nan, ...f32)).toMatch(/at frame 1, band 1 is NaN/);
      expect(await refused(recording.subarray(0, 9000), '--input-format', 'npy')).toMatch(
        /not a readable \.npy file: it is a recording/,
      );
    }));

  it('is heard before the input has ended, and says that its length is not known', () =>
    inSynthWorkshop(async (cwd) => {
      const { raw, whole } = await spoken(cwd);
      const { child, stdout, stderr, ended } = startHifigan(
        ['synth', '-', '-o', '-', '--input-format', 'f32', ...OPTIONS],
        cwd,
      );
      const half = 48 * 64;
      child.stdin?.write(raw.subarray(0, half));
      // The header and a first piece, while the other half does not exist yet.
      await until(() => stdout().length > 58 + 4 * HOP || child.exitCode !== null);
      expect(child.exitCode, stderr()).toBeNull();
      const early = stdout();
      expect(early.readUInt32LE(4)).toBe(0xffffffff);
      const samples = (early.length - 58) / 4;
      // A step of 24 frames, less what depends on frames that are still to come.
      expect(samples).toBeGreaterThanOrEqual(12 * HOP);
      child.stdin?.end(raw.subarray(half));
      expect(await ended, stderr()).toBe(0);
      expectClose(readWav(stdout()).channels[0], whole, { max: 1e-5 });
    }));

  it('ends quietly where its reader has gone', () =>
    inSynthWorkshop(async (cwd) => {
      const { raw } = await spoken(cwd);
      const { child, stdout, stderr, ended } = startHifigan(
        ['synth', '-', '-o', '-', '--input-format', 'f32', ...OPTIONS],
        cwd,
      );
      child.stdin?.on('error', () => undefined);
      child.stdin?.write(raw);
      await until(() => stdout().length > 0 || child.exitCode !== null);
      child.stdout?.destroy();
      // As long as it lives there is more to say.
      const feed = setInterval(() => child.stdin?.write(raw), 20);
      expect(await ended, stderr()).toBe(0);
      clearInterval(feed);
      expect(saidOf(stderr())).toBe('');
    }));

  it('ends at Ctrl-C while it waits for input, and leaves nothing', () =>
    inSynthWorkshop(async (cwd) => {
      const { raw } = await spoken(cwd);
      const controller = new AbortController();
      const stdin = new Readable({ read: () => undefined });
      stdin.push(raw);
      const written: Uint8Array[] = [];
      const ended = main(['synth', '-', '-o', '-', '--input-format', 'f32', ...OPTIONS], {
        ...{ cwd, stdin, env: {}, signal: controller.signal, stderr: { write: () => true } },
        stdout: {
          write(chunk, done) {
            written.push(Buffer.from(chunk));
            done?.();
          },
        },
      });
      await until(() => written.length > 1);
      controller.abort();
      expect(await ended).toBe(130);
      expect(stdin.destroyed).toBe(true);
    }));
});
