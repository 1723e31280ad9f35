import { createHash } from 'node:crypto';
import { peak } from '../files/peak.js';
import type { Recording } from '../files/read-recording.js';
import { CANCELLED, cancels } from '../files/recording-notices.js';

/** Quieter than one step of 16 bits: there is nothing to learn. */
const SILENCE = 1 / 32768;

export interface CheckOptions {
  readonly samplingRate: number;
  /** Seconds. */
  readonly shortest: number;
}

/** Why a recording is of no use, or nothing where it is. */
export function whyRefused(
  { audio, original }: Recording,
  { samplingRate, shortest }: CheckOptions,
): string | undefined {
  const seconds = audio.length / samplingRate;
  if (seconds < shortest) {
    return `${seconds.toFixed(2)} s long, and ${shortest} s are the least (--min-seconds)`;
  }
  const loudest = peak(audio);
  if (original.channelPeak > SILENCE && cancels(original)) return `silent: ${CANCELLED}`;
  if (loudest <= SILENCE) return 'silent: no sample is louder than one step of 16 bits';
  return undefined;
}

/** The same for the same sound, whatever its file is called. */
export function fingerprint(audio: Float32Array): string {
  return createHash('sha256')
    .update(new Uint8Array(audio.buffer, audio.byteOffset, audio.byteLength))
    .digest('hex');
}
