import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { wavStreamHeader } from '@hifigan/audio';
import { expect, test } from 'vitest';
import { startHifigan } from '../testing/process.js';
import { inFolder } from '../testing/run-main.js';

const RATE = 22050;
const SECONDS = Number(process.env.HIFIGAN_PROOF_SECONDS ?? 3600);

/** Something that rises and falls like a voice, written a second at a time. */
async function writeVoice(path: string): Promise<void> {
  const file = await open(path, 'w');
  const about = { samplingRate: RATE, channelCount: 1, format: 'pcm16' } as const;
  await file.write(wavStreamHeader({ ...about, frames: SECONDS * RATE }));
  for (let second = 0; second < SECONDS; second++) {
    const pitch = 90 + 80 * Math.abs(Math.sin(second / 5));
    const samples = Int16Array.from({ length: RATE }, (_, i) => {
      const phase = (2 * Math.PI * pitch * i) / RATE;
      const sum = [1, 2, 3, 5, 8].reduce((all, n) => all + Math.sin(n * phase) / n, 0);
      return 6000 * sum * Math.abs(Math.sin((5 * i) / RATE));
    });
    await file.write(new Uint8Array(samples.buffer));
  }
  await file.close();
}

test(`${SECONDS} s of recording through synth, with the packaged voice, in 600 MB`, () =>
  inFolder(async (cwd) => {
    await writeVoice(join(cwd, 'in.wav'));
    const { ended, stderr, peakBytes } = startHifigan(['synth', 'in.wav', '-o', 'out.wav'], cwd);
    expect(await ended, stderr()).toBe(0);
    const frames = Math.floor((SECONDS * RATE) / 256);
    expect((await stat(join(cwd, 'out.wav'))).size).toBe(44 + 2 * 256 * frames);
    console.log(
      `${(peakBytes() / 1e6).toFixed(0)} MB at most; ${stderr().trim().split('\n').at(-2)}`,
    );
    expect(peakBytes()).toBeLessThan(600e6);
  }));
