import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type WavFormat, writeWav } from '@hifigan/audio';

export interface ToneOptions {
  readonly seconds?: number;
  readonly samplingRate?: number;
  readonly channels?: number;
  readonly frequency?: number;
  readonly loudness?: number;
  readonly format?: WavFormat;
}

/** A file of one tone, for tests. */
export async function writeTone(
  folder: string,
  name: string,
  options: ToneOptions = {},
): Promise<Float32Array> {
  const {
    seconds = 1,
    samplingRate = 22050,
    channels = 1,
    frequency = 440,
    loudness = 0.5,
  } = options;
  const audio = Float32Array.from(
    { length: Math.round(seconds * samplingRate) },
    (_, i) => loudness * Math.sin((2 * Math.PI * frequency * i) / samplingRate),
  );
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(
    path,
    writeWav({ samplingRate, channels: Array(channels).fill(audio) }, options.format),
  );
  return audio;
}
