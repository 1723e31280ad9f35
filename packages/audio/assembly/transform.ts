import { MelPlan } from './mel-plan';

// The discrete Fourier transform of real signals, in place. A signal x of length n is halved:
//   its even bins are the transform of x[j] + x[j + n/2], real again and half as long;
//   its bins 4k + 1 are the complex transform of length n/4 of
//   (x[j] − x[j + n/2] − i (x[j + n/4] − x[j + 3n/4])) exp(−2πi j/n);
//   its bins 4k + 3 mirror those, and only magnitudes are asked for.
// So no symmetric half is ever computed, and none has to be separated. (The steps of the split radix for real signals:
// Sorensen, Jones, Heideman and Burrus, "Real-valued fast Fourier transform algorithms", 1987.)
//
// A step leaves the sums in the first half of its memory, the real parts behind them and the imaginary parts last.

/** Transforms two windowed frames of `plan.nFft` samples into `plan.work`. */
export function transformPair(plan: MelPlan, even: usize, odd: usize): void {
  const work = plan.work;
  let n = plan.nFft;
  splitFrames(plan, even, odd);
  transformComplex(plan.triples, work + (<usize>n << 3), n >> 2);
  for (n >>= 1; n >= 4; n >>= 1) {
    splitSums(plan, n);
    transformComplex(plan.triples, work + (<usize>n << 3), n >> 2);
  }
  addSubtract(work);
}

/** The first step, from the samples. */
function splitFrames(plan: MelPlan, even: usize, odd: usize): void {
  const quarter = <usize>plan.nFft >> 2;
  const samples = quarter << 2;
  const weights = quarter << 3;
  const step = quarter << 4;
  let window = plan.window;
  let to = plan.work;
  let turn = plan.turns + step;
  for (const end = even + samples; even < end; even += 8, odd += 8) {
    // Two samples of each frame: [even, odd, next even, next odd].
    const x0 = interleave(even, odd);
    const x1 = interleave(even + samples, odd + samples);
    const x2 = interleave(even + 2 * samples, odd + 2 * samples);
    const x3 = interleave(even + 3 * samples, odd + 3 * samples);
    split(
      weigh(x0, window),
      weigh(x1, window + weights),
      weigh(x2, window + 2 * weights),
      weigh(x3, window + 3 * weights),
      to,
      step,
      turn,
    );
    window += 8;
    to += 16;
    turn += 16;
    split(
      weigh(upper(x0), window),
      weigh(upper(x1), window + weights),
      weigh(upper(x2), window + 2 * weights),
      weigh(upper(x3), window + 3 * weights),
      to,
      step,
      turn,
    );
    window += 8;
    to += 16;
    turn += 16;
  }
}

/** A later step, on the first `n` values of the memory. */
function splitSums(plan: MelPlan, n: i32): void {
  const step = <usize>n << 2;
  let at = plan.work;
  let turn = plan.turns + step;
  for (const end = at + step; at < end; at += 16, turn += 16) {
    const x0 = v128.load(at);
    const x1 = v128.load(at + step);
    const x2 = v128.load(at + 2 * step);
    const x3 = v128.load(at + 3 * step);
    split(x0, x1, x2, x3, at, step, turn);
  }
}

// @ts-ignore: decorators are AssemblyScript's
@inline
function split(
  x0: v128,
  x1: v128,
  x2: v128,
  x3: v128,
  to: usize,
  step: usize,
  turn: usize,
): void {
  v128.store(to, f64x2.add(x0, x2));
  v128.store(to + step, f64x2.add(x1, x3));
  storeTurned(to + 2 * step, to + 3 * step, f64x2.sub(x0, x2), f64x2.sub(x3, x1), turn);
}

// @ts-ignore: decorators are AssemblyScript's
@inline
function interleave(even: usize, odd: usize): v128 {
  return v128.shuffle<f32>(v128.load64_zero(even), v128.load64_zero(odd), 0, 4, 1, 5);
}

// @ts-ignore: decorators are AssemblyScript's
@inline
function upper(x: v128): v128 {
  return v128.shuffle<f64>(x, x, 1, 1);
}

// @ts-ignore: decorators are AssemblyScript's
@inline
function weigh(samples: v128, weight: usize): v128 {
  return f64x2.mul(f64x2.promote_low_f32x4(samples), v128.load64_splat(weight));
}

/**
 * A complex transform of length `n` whose real parts lie from `real` on, the imaginary ones behind them. Radix 4,
 * decimation in frequency; the bins stay where that leaves them, see `placeOfComplex` in `src/kernel-tables.ts`.
 *
 * @param table of triples, see `MelPlan`
 */
export function transformComplex(table: usize, real: usize, n: i32): void {
  const bytes = <usize>n << 4;
  const end = real + bytes;
  let size = bytes;
  for (; size > 64; size >>= 2) {
    const step = size >> 2;
    const triples = table + (size >> 4) * 12;
    for (let block = real; block < end; block += size) {
      let triple = triples;
      for (let at = block; at < block + step; at += 16, triple += 48) {
        butterfly(at, at + bytes, step, triple);
      }
    }
  }
  if (size == 64) {
    for (let at = real; at < end; at += 64) butterfly(at, at + bytes, 16, 0);
  } else if (size == 32) {
    for (let at = real; at < end + bytes; at += 32) addSubtract(at);
  }
}

/** Four values `step` apart; the last butterflies have no turns. */
// @ts-ignore: decorators are AssemblyScript's
@inline
function butterfly(re: usize, im: usize, step: usize, triple: usize): void {
  const re0 = v128.load(re);
  const re1 = v128.load(re + step);
  const re2 = v128.load(re + 2 * step);
  const re3 = v128.load(re + 3 * step);
  const im0 = v128.load(im);
  const im1 = v128.load(im + step);
  const im2 = v128.load(im + 2 * step);
  const im3 = v128.load(im + 3 * step);
  const evenRe = f64x2.add(re0, re2);
  const evenIm = f64x2.add(im0, im2);
  const oddRe = f64x2.add(re1, re3);
  const oddIm = f64x2.add(im1, im3);
  const acrossRe = f64x2.sub(re0, re2);
  const acrossIm = f64x2.sub(im0, im2);
  const asideRe = f64x2.sub(re1, re3);
  const asideIm = f64x2.sub(im1, im3);
  v128.store(re, f64x2.add(evenRe, oddRe));
  v128.store(im, f64x2.add(evenIm, oddIm));
  const y1Re = f64x2.add(acrossRe, asideIm);
  const y1Im = f64x2.sub(acrossIm, asideRe);
  const y2Re = f64x2.sub(evenRe, oddRe);
  const y2Im = f64x2.sub(evenIm, oddIm);
  const y3Re = f64x2.sub(acrossRe, asideIm);
  const y3Im = f64x2.add(acrossIm, asideRe);
  if (triple) {
    storeTurned(re + step, im + step, y1Re, y1Im, triple);
    storeTurned(re + 2 * step, im + 2 * step, y2Re, y2Im, triple + 16);
    storeTurned(re + 3 * step, im + 3 * step, y3Re, y3Im, triple + 32);
  } else {
    storeComplex(re + step, im + step, y1Re, y1Im);
    storeComplex(re + 2 * step, im + 2 * step, y2Re, y2Im);
    storeComplex(re + 3 * step, im + 3 * step, y3Re, y3Im);
  }
}

// @ts-ignore: decorators are AssemblyScript's
@inline
function storeTurned(toRe: usize, toIm: usize, re: v128, im: v128, turn: usize): void {
  const cosine = v128.load64_splat(turn);
  const sine = v128.load64_splat(turn, 8);
  storeComplex(
    toRe,
    toIm,
    f64x2.sub(f64x2.mul(re, cosine), f64x2.mul(im, sine)),
    f64x2.add(f64x2.mul(re, sine), f64x2.mul(im, cosine)),
  );
}

// @ts-ignore: decorators are AssemblyScript's
@inline
function storeComplex(toRe: usize, toIm: usize, re: v128, im: v128): void {
  v128.store(toRe, re);
  v128.store(toIm, im);
}

/** The transform of length 2. */
// @ts-ignore: decorators are AssemblyScript's
@inline
function addSubtract(at: usize): void {
  const a = v128.load(at);
  const b = v128.load(at, 16);
  v128.store(at, f64x2.add(a, b));
  v128.store(at, f64x2.sub(a, b), 16);
}
