import type { Mel } from '../mel-spectrogram.js';
import type { MelStatistics } from './mel-profile.js';

/** Mean and standard deviation of each band over all frames of some mels, as scalers of data sets have them. */
export function bandStatistics(mels: readonly Mel[]): MelStatistics {
  const bands = mels[0]?.mels ?? 0;
  const sum = new Float64Array(bands);
  const squares = new Float64Array(bands);
  let frames = 0;
  for (const mel of mels) {
    frames += mel.frames;
    for (let at = 0; at < mel.data.length; at++) sum[at % bands] += mel.data[at];
  }
  const mean = sum.map((value) => value / frames);
  for (const mel of mels) {
    for (let at = 0; at < mel.data.length; at++) {
      squares[at % bands] += (mel.data[at] - mean[at % bands]) ** 2;
    }
  }
  const scale = squares.map((value) => Math.sqrt(value / frames) || 1);
  return { mean, scale };
}
