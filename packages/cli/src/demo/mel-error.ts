import { createMelSpectrogram, melOptions } from '@hifigan/audio';
import type { HifiGanConfig } from '@hifigan/config';

/**
 * Mean absolute difference of log-mels over the band of the loss, as training validates: what both have of whole
 * frames.
 *
 * @param original and `generated`: samples in [−1, 1] at the configuration's rate
 */
export function melError(
  original: Float32Array,
  generated: Float32Array,
  config: HifiGanConfig,
): number {
  const samples =
    Math.floor(Math.min(original.length, generated.length) / config.hop_size) * config.hop_size;
  const spectrogram = createMelSpectrogram({ ...melOptions(config), fmax: config.fmax_for_loss });
  const a = spectrogram.analyze(original.subarray(0, samples)).data;
  const b = spectrogram.analyze(generated.subarray(0, samples)).data;
  return a.reduce((sum, value, i) => sum + Math.abs(value - b[i]), 0) / a.length;
}
