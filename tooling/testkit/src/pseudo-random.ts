/** Uniform in [0, 1), the same at each run: a linear congruential generator. */
export function generatorOf(seed: number): () => number {
  let state = (Math.imul(seed, 2654435761) + 12345) >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** As many values in [-1, 1). */
export function uniform(size: number, seed: number): Float32Array {
  const random = generatorOf(seed);
  return Float32Array.from({ length: size }, () => 2 * random() - 1);
}
