import type { ClipSource } from './clip.js';
import { peakNormalized } from './segment.js';

/** A recording in memory. */
export interface Recording {
  /** What to call it in errors. */
  readonly id: string;
  /** Mono, at the training's sampling rate. */
  readonly audio: Float32Array;
}

/** Recordings in pieces: those that a training learns from, and those that it is measured by. */
export interface SplitRecordings {
  readonly training: ClipSource;
  readonly heldOut: ClipSource;
}

/** A tenth is enough to tell whether a voice becomes better. */
const HELD_OUT_EVERY = 10;

/** Of a piece: from less nothing could be measured. */
const LEAST_SHARE = 0.25;

/**
 * Peak-normalises recordings and cuts each into pieces of one length, so that a long one counts for as much as it has,
 * and holds the last of each ten pieces out; of fewer than ten, the last. What fills no quarter of a piece is left out;
 * recordings as short as that are joined first, one after the other.
 *
 * @param pieceSamples length of a piece; of a training at least its segment
 * @throws RangeError where there are fewer than two pieces, or a sample is NaN or infinite
 */
export function splitRecordings(
  recordings: readonly Recording[],
  pieceSamples: number,
): SplitRecordings {
  const level = recordings.map(({ id, audio }) => ({ id, audio: peakNormalized(audio, id) }));
  const countIn = ({ audio }: Recording) =>
    Math.floor(audio.length / pieceSamples + 1 - LEAST_SHARE);
  const pieces = [
    ...level.filter((one) => countIn(one) > 0),
    ...joined(level.filter((one) => countIn(one) === 0)),
  ].flatMap((one) => {
    const count = countIn(one);
    return Array.from({ length: count }, (_, index) => ({
      id: `${one.id} (${index + 1} of ${count})`,
      audio: one.audio.subarray(index * pieceSamples, (index + 1) * pieceSamples),
    }));
  });
  if (pieces.length < 2) {
    throw new RangeError(
      `splitRecordings: pieces=${pieces.length} of ${pieceSamples} samples must be at least 2, because one of them is held out to measure by; add recordings`,
    );
  }
  const isHeldOut = (index: number) =>
    pieces.length < HELD_OUT_EVERY
      ? index === pieces.length - 1
      : index % HELD_OUT_EVERY === HELD_OUT_EVERY - 1;
  return {
    training: clipsInMemory(pieces.filter((_, index) => !isHeldOut(index))),
    heldOut: clipsInMemory(pieces.filter((_, index) => isHeldOut(index))),
  };
}

/** One recording of all of them; none of none. */
function joined(recordings: readonly Recording[]): Recording[] {
  if (recordings.length < 2) return [...recordings];
  const samples = recordings.reduce((sum, { audio }) => sum + audio.length, 0);
  const all = new Float32Array(samples);
  let at = 0;
  for (const { audio } of recordings) {
    all.set(audio, at);
    at += audio.length;
  }
  return [{ id: `${recordings[0].id} to ${recordings.at(-1)!.id}`, audio: all }];
}

function clipsInMemory(pieces: readonly Recording[]): ClipSource {
  return {
    ids: pieces.map(({ id }) => id),
    load: async (index) => ({ audio: pieces[index].audio }),
  };
}
