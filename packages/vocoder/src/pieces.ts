import type { ReceptiveField } from '@hifigan/models';

/** A piece of a mel that makes `[start, end)` exactly as the whole would. */
export interface Piece {
  /** Frames of the result. */
  readonly start: number;
  readonly end: number;
  /** Frames to compute: the same with the context that they depend on. */
  readonly from: number;
  readonly to: number;
}

/** Cuts `frames` into pieces of at most `size` frames, each with its context where there is any. */
export function piecesOf(frames: number, size: number, { before, after }: ReceptiveField): Piece[] {
  const count = Math.max(1, Math.ceil(frames / size));
  // All of about one length: a last piece of a few frames would be mostly context.
  return Array.from({ length: count }, (_, i) => {
    const start = Math.floor((i * frames) / count);
    const end = Math.floor(((i + 1) * frames) / count);
    return { start, end, from: Math.max(0, start - before), to: Math.min(frames, end + after) };
  });
}
