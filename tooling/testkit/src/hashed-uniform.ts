const GOLDEN_STEP = 0x6d2b79f5;

/** FNV-1a, 32 bits, of the UTF-8 bytes of a name. */
export function fnv1a(name: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/** The mulberry32 output of one state, in [0, 1). */
function mulberry32(state: number): number {
  let t = Math.imul(state ^ (state >>> 15), state | 1);
  t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
}

/**
 * Numbers that depend on nothing but a name and a place, so that weights too big to commit can be made
 * alike here and in `tooling/reference-python` (`hashed_uniform`). Element i is the mulberry32 output of
 * state `fnv1a(name) + (i + 1) · 0x6D2B79F5`, spread over [-bound, bound) and rounded to float32.
 *
 * @param name of the tensor, as upstream's PyTorch state dict calls it
 * @param shape in **PyTorch's layout**, row-major; only its product counts
 * @param bound largest size of a value
 */
export function hashedUniform(name: string, shape: readonly number[], bound: number): Float32Array {
  const seed = fnv1a(name);
  const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
  for (let i = 0; i < values.length; i++) {
    const state = (seed + Math.imul(i + 1, GOLDEN_STEP)) | 0;
    values[i] = (2 * mulberry32(state) - 1) * bound;
  }
  return values;
}
