/**
 * A stream of random numbers in [0, 1) that its keys alone decide: the same keys, the same numbers, on any
 * machine. Every shuffle and every crop of a run has keys of its own (seed, epoch, place), so nothing but
 * the place in the data has to be saved for a run to go on exactly.
 *
 * (Keys are hashed with FNV-1a; the generator is Chris Doty-Humphrey's sfc32.)
 */
export function randomStream(...keys: readonly (number | string)[]): () => number {
  const text = JSON.stringify(keys);
  let a = hash(text, 0);
  let b = hash(text, 1);
  let c = hash(text, 2);
  let counter = 1;
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return (sum >>> 0) / 2 ** 32;
  };
  // As its author advises, so that keys that differ in one bit give unlike streams.
  for (let i = 0; i < 15; i++) next();
  return next;
}

/** The numbers 0 … count − 1 in random order (Fisher–Yates). */
export function shuffled(count: number, random: () => number): Int32Array {
  const order = Int32Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    const value = order[last];
    order[last] = order[other];
    order[other] = value;
  }
  return order;
}

function hash(text: string, salt: number): number {
  let value = 0x811c9dc5 ^ salt;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value | 0;
}
