import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mulberry32, readWav, writeWav } from '@hifigan/audio';

/** Hz, of {@link speech}. */
export const SPEECH_RATE = 16_000;

const SAMPLE = new URL('../../../../samples/en-vm-review.wav', import.meta.url);

/** A part of a recording in samples/, for tests that measure speech. @param from and `to`: seconds, up to 7.7 */
export function speech(from: number, to: number): Float32Array {
  const audio = readWav(readFileSync(fileURLToPath(SAMPLE)), 'sample').channels[0];
  return audio.slice(from * SPEECH_RATE, to * SPEECH_RATE);
}

/** A copy with white noise on it. */
export function noisy(audio: Float32Array, loudness: number, seed = 1): Float32Array {
  const random = mulberry32(seed);
  return audio.map((value) => value + loudness * (2 * random() - 1));
}

/** Writes channels as float32, so that nothing is lost. */
export async function writeSpeech(
  folder: string,
  name: string,
  channels: Float32Array | readonly Float32Array[],
  samplingRate = SPEECH_RATE,
): Promise<void> {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  const all = channels instanceof Float32Array ? [channels] : [...channels];
  await writeFile(path, writeWav({ samplingRate, channels: all }, 'float32'));
}

/** References, and copies with little and much noise, in `ref`, `quiet` and `loud`. */
export async function writeComparison(cwd: string): Promise<void> {
  const parts = [
    ['a', 0, 1.6],
    ['deep/b', 1.6, 3.2],
    ['deep/c', 3.2, 4.8],
  ] as const;
  for (const [index, [name, from, to]] of parts.entries()) {
    const audio = speech(from, to);
    await writeSpeech(cwd, `ref/${name}.wav`, audio);
    await writeSpeech(cwd, `quiet/${name}.wav`, noisy(audio, 0.003, index));
    await writeSpeech(cwd, `loud/${name}.wav`, noisy(audio, 0.05, index));
  }
}
