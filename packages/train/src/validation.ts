import { createMelSpectrogram, type Mel, melOptions } from '@hifigan/audio';
import type { HifiGanConfig } from '@hifigan/config';
import { type Generator, receptiveField } from '@hifigan/models';
import * as tf from '@tensorflow/tfjs';
import type { ClipSource } from './clip.js';

/** What a validation found. */
export interface Validation {
  /** mean|mel(y) − mel(ŷ)|, natural log, up to fmax_for_loss; the mean over clips. */
  readonly mel: number;
  readonly clips: readonly { readonly id: string; readonly mel: number }[];
}

/** A clip that was measured. */
export interface MeasuredClip {
  readonly id: string;
  readonly mel: number;
  /** The clip, cut to whole frames. */
  readonly audio: Float32Array;
  /** What the generator made of its mel; as long. */
  readonly generated: Float32Array;
}

export interface ValidateOptions {
  /** Of a list of more clips, so many are taken, evenly spaced. */
  readonly most: number;
  /**
   * Called before each pass of the generator (a long clip takes several), for signals to come in; may throw to stop.
   */
  readonly pause?: () => Promise<void>;
  /** Gets each clip when it is measured. */
  readonly onClip?: (clip: MeasuredClip) => void | Promise<void>;
}

/** Frames made in one pass, context aside: about three seconds at 22 kHz. Bounds the memory a long clip takes. */
const PIECE_FRAMES = 256;

/**
 * Measures a generator on whole clips, one at a time: their mel goes in (the one that a clip brings, else that of its
 * audio), the mel of what comes out is compared with that of the clip's audio, both cut to whole frames.
 *
 * @param clips those too short for a mel are left out
 */
export async function validate(
  generator: Generator,
  config: HifiGanConfig,
  clips: ClipSource,
  { most, pause = async () => undefined, onClip }: ValidateOptions,
): Promise<Validation> {
  const input = createMelSpectrogram(melOptions(config));
  const measured = createMelSpectrogram({ ...melOptions(config), fmax: config.fmax_for_loss });
  const shortest = Math.max(config.hop_size, (config.n_fft - config.hop_size) / 2 + 1);
  const results: { id: string; mel: number }[] = [];
  for (const index of evenly(clips.ids.length, most)) {
    const clip = await clips.load(index);
    const samples = Math.floor(clip.audio.length / config.hop_size) * config.hop_size;
    const audio = clip.audio.subarray(0, samples);
    if (audio.length < shortest) continue;
    const mel = clip.mel ?? input.analyze(audio);
    const generated = await generate(generator, mel, config.hop_size, pause);
    const result = {
      id: clips.ids[index],
      mel: meanDistance(measured.analyze(audio).data, measured.analyze(generated).data),
    };
    results.push(result);
    await onClip?.({ ...result, audio, generated });
  }
  const mel = results.reduce((sum, result) => sum + result.mel, 0) / results.length;
  return { mel, clips: results };
}

/** Frames of the longest pass that validation makes on clips of so many at most, context included. */
export function framesAtATime(config: HifiGanConfig, frames: number): number {
  const { before, after } = receptiveField(config);
  return Math.min(frames, PIECE_FRAMES + before + after);
}

/** The audio of a mel, in pieces with the context that makes them what the whole would be. */
async function generate(
  generator: Generator,
  { data, frames, mels }: Mel,
  hop: number,
  pause: () => Promise<void>,
): Promise<Float32Array> {
  const { before, after } = receptiveField(generator.config);
  const audio = new Float32Array(frames * hop);
  for (let start = 0; start < frames; start += PIECE_FRAMES) {
    await pause();
    const end = Math.min(frames, start + PIECE_FRAMES);
    const from = Math.max(0, start - before);
    const to = Math.min(frames, end + after);
    const piece = tf.tidy(() =>
      generator.forward(tf.tensor3d(data.subarray(from * mels, to * mels), [1, to - from, mels])),
    );
    const samples = (await piece.data()) as Float32Array;
    piece.dispose();
    audio.set(samples.subarray((start - from) * hop, (end - from) * hop), start * hop);
  }
  return audio;
}

/** Which of so many clips a validation measures. */
export function evenly(count: number, most: number): number[] {
  const chosen = Math.min(count, most);
  return Array.from({ length: chosen }, (_, i) => Math.floor((i * count) / chosen));
}

function meanDistance(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i] - b[i]);
  return sum / a.length;
}
