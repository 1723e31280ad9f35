/** The grid of pitches that a path is sought on. */
export interface PitchGrid {
  readonly bins: number;
  /** How many bins a pitch may move from one frame to the next. */
  readonly reach: number;
}

/** Where no pitch is. */
export const UNVOICED = -1;

const SWITCH = 0.01;
// What is impossible: the logarithm of the least normal number.
const NEVER = Math.log(2.2250738585072014e-308);

const log = (probability: number) => (probability > 0 ? Math.log(probability) : NEVER);

/**
 * pYIN's second stage: the likeliest path (Viterbi) through a hidden Markov model whose states are the grid's
 * pitches, each voiced and unvoiced. Voicing changes with probability 0.01, pitch moves by a triangular distribution.
 *
 * @param frames number of frames
 * @param observe writes that the frame is voiced at each pitch into `voiced` (bins; at most 1 together, and 0 before)
 * @returns for each frame the bin, or {@link UNVOICED}
 */
export function pitchPath(
  { bins, reach }: PitchGrid,
  frames: number,
  observe: (frame: number, voiced: Float64Array) => void,
): Int32Array {
  const moves = logMoves(bins, reach);
  // States: bins voiced, then bins unvoiced.
  const states = 2 * bins;
  const origins = new Int16Array(frames * states);
  const voiced = new Float64Array(bins);
  let scores = new Float64Array(states);
  let next = new Float64Array(states);
  const best = new Float64Array(states);
  const bestFrom = new Int16Array(states);
  const [stay, change] = [Math.log(1 - SWITCH), Math.log(SWITCH)];
  for (let frame = 0; frame < frames; frame++) {
    voiced.fill(0);
    observe(frame, voiced);
    const sum = Math.min(
      1,
      voiced.reduce((total, value) => total + value, 0),
    );
    const unvoiced = log((1 - sum) / bins);
    if (frame > 0) {
      reachBest(scores, moves, bins, reach, best, bestFrom);
      for (let bin = 0; bin < bins; bin++) {
        for (const [to, from] of [
          [bin, bin + bins],
          [bin + bins, bin],
        ]) {
          const stayed = best[to] + stay >= best[from] + change;
          next[to] = stayed ? best[to] + stay : best[from] + change;
          origins[frame * states + to] = bestFrom[stayed ? to : from];
        }
      }
    }
    for (let bin = 0; bin < bins; bin++) {
      next[bin] += log(voiced[bin]);
      next[bin + bins] += unvoiced;
    }
    [scores, next] = [next, scores];
    next.fill(0);
  }
  return traceBack(scores, origins, frames, bins);
}

/** For each state the best of those within reach at the same voicing, before voicing changes. */
function reachBest(
  scores: Float64Array,
  moves: Float64Array,
  bins: number,
  reach: number,
  best: Float64Array,
  bestFrom: Int16Array,
): void {
  const width = 2 * reach + 1;
  for (let offset = 0; offset < 2 * bins; offset += bins) {
    for (let to = 0; to < bins; to++) {
      let highest = -Infinity;
      let origin = to;
      for (let from = Math.max(0, to - reach); from <= Math.min(bins - 1, to + reach); from++) {
        const score = scores[offset + from] + moves[from * width + to - from + reach];
        if (score > highest) {
          highest = score;
          origin = from;
        }
      }
      best[offset + to] = highest;
      bestFrom[offset + to] = offset + origin;
    }
  }
}

/**
 * Log probabilities of moving from each bin, `[bins, 2·reach + 1]`: a triangle, cut off at the grid's ends and made
 * whole again.
 */
function logMoves(bins: number, reach: number): Float64Array {
  const width = 2 * reach + 1;
  const moves = new Float64Array(bins * width).fill(-Infinity);
  for (let from = 0; from < bins; from++) {
    let sum = 0;
    for (let move = -reach; move <= reach; move++) {
      const inside = from + move >= 0 && from + move < bins;
      if (inside) sum += reach + 1 - Math.abs(move);
    }
    for (let move = -reach; move <= reach; move++) {
      moves[from * width + move + reach] = Math.log((reach + 1 - Math.abs(move)) / sum);
    }
  }
  return moves;
}

function traceBack(
  scores: Float64Array,
  origins: Int16Array,
  frames: number,
  bins: number,
): Int32Array {
  const path = new Int32Array(frames);
  let state = scores.reduce((best, value, i) => (value > scores[best] ? i : best), 0);
  for (let frame = frames - 1; frame >= 0; frame--) {
    path[frame] = state < bins ? state : UNVOICED;
    state = origins[frame * 2 * bins + state];
  }
  return path;
}
