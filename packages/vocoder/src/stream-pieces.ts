import type { Mel } from '@hifigan/audio';
import type { ReceptiveField } from '@hifigan/models';
import { MelWindow } from './mel-window.js';

/** How a mel that comes in parts is cut into pieces. */
export interface StreamPiecesOptions {
  readonly mels: number;
  /** Samples of a frame. */
  readonly hop: number;
  readonly field: ReceptiveField;
  /** Frames of each piece; the last one is longer, as what was looked ahead at remains. */
  readonly chunkFrames: number;
  /** Frames that must have come after a piece before it is computed; `field.after` makes it exact. */
  readonly lookAhead: number;
}

/**
 * Speaks a mel while it comes, each piece with as much context as it depends on.
 *
 * @param speak frames to as many times `hop` samples
 */
export async function* streamPieces(
  parts: AsyncIterable<Mel>,
  speak: (piece: Mel) => Promise<Float32Array>,
  { mels, hop, field, chunkFrames, lookAhead }: StreamPiecesOptions,
): AsyncGenerator<Float32Array, void, undefined> {
  const window = new MelWindow(mels);
  let next = 0;
  const samples = async (piece: Mel, from: number, end: number): Promise<Float32Array> => {
    const audio = await speak(piece);
    const result = audio.slice((next - from) * hop, (end - from) * hop);
    next = end;
    window.forget(next - field.before);
    return result;
  };
  for await (const part of parts) {
    window.append(part);
    for (let end = next + chunkFrames; window.end >= end + lookAhead; end = next + chunkFrames) {
      const from = Math.max(0, next - field.before);
      const known = window.view(from, end + lookAhead);
      yield await samples(continued(known, field.after - lookAhead), from, end);
    }
  }
  if (window.end === next) return;
  const from = Math.max(0, next - field.before);
  yield await samples(window.view(from, window.end), from, window.end);
}

/** A mel that goes on as it ended: what is to come, guessed. */
function continued(mel: Mel, frames: number): Mel {
  if (frames === 0) return mel;
  const { mels } = mel;
  const data = new Float32Array(mel.data.length + frames * mels);
  data.set(mel.data);
  const last = mel.data.subarray(mel.data.length - mels);
  for (let at = mel.data.length; at < data.length; at += mels) data.set(last, at);
  return { data, frames: mel.frames + frames, mels };
}
