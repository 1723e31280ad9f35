/** placeholder */
export function createLoudnessMeter(_: number): {
  push(samples: Float32Array): void;
  integrated(): number;
} {
  return { push: () => undefined, integrated: () => Number.NEGATIVE_INFINITY };
}
