import { readFile } from 'node:fs/promises';
import { createMelSpectrogram, type Mel, melOptions, readWav } from '@hifigan/audio';
import { presets } from '@hifigan/config';

const spectrogram = createMelSpectrogram(melOptions(presets.v2));

/** Log-mel of a WAV file of 22,050 Hz, as V1 to V3 have it. */
export async function melOfWav(path: string): Promise<Mel> {
  return spectrogram.analyze(readWav(await readFile(path)).channels[0]);
}

/** Mean of |Δ| of two log-mels, over the frames that both have. */
export function melDistance(one: Mel, other: Mel): number {
  const length = Math.min(one.frames, other.frames) * one.mels;
  let sum = 0;
  for (let i = 0; i < length; i++) sum += Math.abs(one.data[i] - other.data[i]);
  return sum / length;
}
