import { createMelSpectrogram, melOptions } from '@hifigan/audio';
import type { HifiGanConfig } from '@hifigan/config';
import type { Generator } from '@hifigan/models';
import * as tf from '@tensorflow/tfjs';
import type { ClipSource } from './batches.js';

/** What a validation found. */
export interface Validation {
  /** mean|mel(y) − mel(ŷ)|, natural log, up to fmax_for_loss; the mean over clips. */
  readonly mel: number;
  readonly clips: readonly { readonly id: string; readonly mel: number }[];
}

/**
 * Measures a generator on whole clips, one at a time: their mel goes in, the mel of what comes out is compared
 * with that of the clip, both cut to whole frames. Of more than `most` clips, such as lie evenly in the list.
 *
 * @param clips peak-normalised; those too short for a mel are left out
 * @param pause called between clips, for signals to come in; may throw to stop
 */
export async function validate(
  generator: Generator,
  config: HifiGanConfig,
  clips: ClipSource,
  most: number,
  pause: () => Promise<void> = async () => undefined,
): Promise<Validation> {
  const input = createMelSpectrogram(melOptions(config));
  const measured = createMelSpectrogram({ ...melOptions(config), fmax: config.fmax_for_loss });
  const shortest = Math.max(config.hop_size, (config.n_fft - config.hop_size) / 2 + 1);
  const results: { id: string; mel: number }[] = [];
  for (const index of evenly(clips.ids.length, most)) {
    const whole = await clips.load(index);
    const audio = whole.subarray(0, Math.floor(whole.length / config.hop_size) * config.hop_size);
    if (audio.length < shortest) continue;
    const mel = input.analyze(audio);
    const generated = tf.tidy(() =>
      generator.forward(tf.tensor3d(mel.data, [1, mel.frames, mel.mels])),
    );
    const output = (await generated.data()) as Float32Array;
    generated.dispose();
    results.push({
      id: clips.ids[index],
      mel: meanDistance(measured.analyze(audio).data, measured.analyze(output).data),
    });
    await pause();
  }
  const mel = results.reduce((sum, result) => sum + result.mel, 0) / results.length;
  return { mel, clips: results };
}

function evenly(count: number, most: number): number[] {
  const chosen = Math.min(count, most);
  return Array.from({ length: chosen }, (_, i) => Math.floor((i * count) / chosen));
}

function meanDistance(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i] - b[i]);
  return sum / a.length;
}
