import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { wavStreamHeader } from '@hifigan/audio';
import { tinyConfig } from '@hifigan/testkit';
import { describe, expect, it } from 'vitest';
import { startHifigan } from '../testing/process.js';
import { inSynthWorkshop } from '../testing/synth.js';

const RATE = tinyConfig.sampling_rate;

/** A recording of so many seconds at the rate of the workshop's model, written piece by piece. */
async function writeLong(path: string, seconds: number): Promise<void> {
  const about = { samplingRate: RATE, channelCount: 1, format: 'pcm16' } as const;
  const file = await open(path, 'w');
  await file.write(wavStreamHeader({ ...about, frames: seconds * RATE }));
  const minute = Int16Array.from(
    { length: 60 * RATE },
    (_, i) => 9000 * Math.sin(i / 7) * Math.sin(i / 999),
  );
  for (let at = 0; at < seconds; at += 60) {
    await file.write(new Uint8Array(minute.buffer, 0, 2 * RATE * Math.min(60, seconds - at)));
  }
  await file.close();
}

describe('hifigan synth of what is long', () => {
  it(
    'speaks an hour in the memory of a minute, from a recording and with a loudness',
    () =>
      inSynthWorkshop(async (cwd) => {
        const peakOf = async (seconds: number, ...options: string[]) => {
          await writeLong(join(cwd, 'long.wav'), seconds);
          const argv = [
            'synth',
            'long.wav',
            '-o',
            'out.wav',
            '--force',
            '--checkpoint',
            'run',
            ...options,
          ];
          const { ended, stderr, peakBytes } = startHifigan(argv, cwd);
          expect(await ended, stderr()).toBe(0);
          expect((await stat(join(cwd, 'out.wav'))).size).toBe(44 + 2 * RATE * seconds);
          return peakBytes() / 1e6;
        };
        const minute = await peakOf(60);
        const hour = await peakOf(3600);
        const loud = await peakOf(600, '--loudness', '-23', '--sampling-rate', String(RATE));
        console.info(
          `peak memory: a minute ${minute.toFixed(0)} MB, an hour ${hour.toFixed(0)} MB, ten minutes with a loudness ${loud.toFixed(0)} MB`,
        );
        expect(hour).toBeLessThan(600);
        // Held at once, an hour would be 115 MB of samples, 22 of mel and 115 of speech.
        expect(hour).toBeLessThan(minute + 90);
        expect(loud).toBeLessThan(minute + 90);
      }),
    300_000,
  );
});
