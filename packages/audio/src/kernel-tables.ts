/** `exp(−2πi·r·j/n)` for each j < n/4 and each of the factors r: cosine, sine. */
export function turnsOf(n: number, factors: readonly number[]): Float64Array {
  const turns = new Float64Array((n / 2) * factors.length);
  let at = 0;
  for (let j = 0; j < n / 4; j++) {
    for (const r of factors) {
      const angle = (-2 * Math.PI * r * j) / n;
      turns[at++] = Math.cos(angle);
      turns[at++] = Math.sin(angle);
    }
  }
  return turns;
}

/**
 * Where `transformComplex` of `assembly/transform.ts` leaves a bin: decimation in frequency leaves those that are alike
 * modulo 4 together.
 */
export function placeOfComplex(bin: number, n: number): number {
  return n < 4 ? bin : (bin % 4) * (n / 4) + placeOfComplex(Math.floor(bin / 4), n / 4);
}
