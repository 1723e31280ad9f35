import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { wavStreamHeader } from '@hifigan/audio';
import { createFlacEncoder } from '@hifigan/codecs/flac-encoder';
import { tinyConfig } from '@hifigan/testkit';
import { describe, expect, it } from 'vitest';
import { startHifigan } from '../testing/process.js';
import { inSynthWorkshop } from '../testing/synth.js';

const RATE = tinyConfig.sampling_rate;

const MINUTE = Int16Array.from(
  { length: 60 * RATE },
  (_, i) => 9000 * Math.sin(i / 7) * Math.sin(i / 999),
);

/** A recording of whole minutes at the rate of the workshop's model, written piece by piece. */
async function writeLong(path: string, seconds: number): Promise<void> {
  const file = await open(path, 'w');
  if (path.endsWith('.flac')) {
    const encoder = await createFlacEncoder({ samplingRate: RATE, bits: 16 });
    const minute = Float32Array.from(MINUTE, (value) => value / 32768);
    await file.write(encoder.begin(seconds * RATE));
    for (let at = 0; at < seconds; at += 60) await file.write(encoder.encode(minute));
    await file.write(encoder.end().bytes);
  } else {
    const about = { samplingRate: RATE, channelCount: 1, format: 'pcm16' } as const;
    await file.write(wavStreamHeader({ ...about, frames: seconds * RATE }));
    for (let at = 0; at < seconds; at += 60) await file.write(new Uint8Array(MINUTE.buffer));
  }
  await file.close();
}

describe('hifigan synth of what is long', () => {
  it(
    'speaks an hour in the memory of a minute, from a recording and with a loudness',
    () =>
      inSynthWorkshop(async (cwd) => {
        const peakOf = async (input: string, seconds: number, ...options: string[]) => {
          await writeLong(join(cwd, input), seconds);
          const argv = [
            'synth',
            input,
            '-o',
            'out.wav',
            '--force',
            '--checkpoint',
            'run',
            ...options,
          ];
          const { ended, stderr, peakBytes } = startHifigan(argv, cwd, { collecting: true });
          expect(await ended, stderr()).toBe(0);
          expect((await stat(join(cwd, 'out.wav'))).size).toBe(44 + 2 * RATE * seconds);
          return peakBytes() / 1e6;
        };
        const minute = await peakOf('long.wav', 60);
        const hour = await peakOf('long.wav', 3600);
        const flac = await peakOf('long.flac', 3600);
        const loud = await peakOf(
          'long.wav',
          600,
          '--loudness',
          '-23',
          '--sampling-rate',
          String(RATE),
        );
        console.info(
          `peak memory: a minute ${minute.toFixed(0)} MB, an hour ${hour.toFixed(0)} MB, of FLAC ${flac.toFixed(0)} MB, ten minutes with a loudness ${loud.toFixed(0)} MB`,
        );
        expect(hour).toBeLessThan(600);
        // Held at once, an hour would be 115 MB of samples, 22 of mel and 115 of speech.
        expect(hour).toBeLessThan(minute + 70);
        expect(flac).toBeLessThan(minute + 70);
        expect(loud).toBeLessThan(minute + 70);
      }),
    400_000,
  );
});
