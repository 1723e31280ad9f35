import { multiplyAdd } from './lanes';

/** Columns of a panel of the right side. */
export const PANEL: i32 = 8;

/**
 * Address of a word that is always 0. V8 moves all loads of a basic block before its arithmetic, and so many live
 * values spill the sums to memory (24 GFLOP/s where 48 are reached). A branch on something that no
 * compiler knows ends the block; hence one before each step of a tile.
 */
export const NEVER: usize = 1024;

/**
 * Matrix product `c[row, column] (+)= sum over k of a[row, k] * b[k, column]`, four rows by eight columns at a
 * time: 8 sums, 2 of b and a broadcast value are what 16 vector registers hold.
 *
 * The left side comes in blocks of four rows by four k, 64 bytes, a row's four values side by side; four
 * rows begin `fourStep` bytes after the four before, and have `blocks` blocks, `blockStep` bytes apart. The right side
 * is packed as `[panel][k][8]`.
 *
 * @param c row-major, `cStep` bytes a row
 */
export function product(
  a: usize,
  fours: i32,
  fourStep: usize,
  blocks: i32,
  blockStep: usize,
  b: usize,
  panels: i32,
  c: usize,
  cStep: usize,
  accumulate: bool,
): void {
  const panelStep = <usize>blocks * 128;
  const isDense = blockStep == 64;
  for (let panel = 0; panel < panels; panel++) {
    if (isDense && blocks == 4) sixteenProducts(a, fours, fourStep, b, c, cStep, accumulate);
    else if (isDense && blocks == 8) thirtyTwoProducts(a, fours, fourStep, b, c, cStep, accumulate);
    else panelProduct(a, fours, fourStep, blocks, blockStep, b, c, cStep, accumulate);
    b += panelStep;
    c += 32;
  }
}

function panelProduct(
  a: usize,
  fours: i32,
  fourStep: usize,
  blocks: i32,
  blockStep: usize,
  panel: usize,
  c: usize,
  cStep: usize,
  accumulate: bool,
): void {
  const never = load<i32>(NEVER);
  const end = panel + (<usize>blocks << 7);
  for (; fours > 0; fours--) {
    let s00 = f32x4.splat(0);
    let s01 = s00;
    let s10 = s00;
    let s11 = s00;
    let s20 = s00;
    let s21 = s00;
    let s30 = s00;
    let s31 = s00;
    if (accumulate) {
      s00 = v128.load(c);
      s01 = v128.load(c, 16);
      s10 = v128.load(c + cStep);
      s11 = v128.load(c + cStep, 16);
      s20 = v128.load(c + cStep * 2);
      s21 = v128.load(c + cStep * 2, 16);
      s30 = v128.load(c + cStep * 3);
      s31 = v128.load(c + cStep * 3, 16);
    }
    let from = a;
    let b = panel;
    while (b < end) {
      // unrolled
      for (let k = 0; k < 4; k++) {
        if (!(never & (1 << k))) {
          const b0 = v128.load(b, k * 32);
          const b1 = v128.load(b, k * 32 + 16);
          let x = v128.load32_splat(from, k * 4);
          s00 = multiplyAdd(x, b0, s00);
          s01 = multiplyAdd(x, b1, s01);
          x = v128.load32_splat(from, k * 4 + 16);
          s10 = multiplyAdd(x, b0, s10);
          s11 = multiplyAdd(x, b1, s11);
          x = v128.load32_splat(from, k * 4 + 32);
          s20 = multiplyAdd(x, b0, s20);
          s21 = multiplyAdd(x, b1, s21);
          x = v128.load32_splat(from, k * 4 + 48);
          s30 = multiplyAdd(x, b0, s30);
          s31 = multiplyAdd(x, b1, s31);
        }
      }
      from += blockStep;
      b += 128;
    }
    v128.store(c, s00);
    v128.store(c, s01, 16);
    c += cStep;
    v128.store(c, s10);
    v128.store(c, s11, 16);
    c += cStep;
    v128.store(c, s20);
    v128.store(c, s21, 16);
    c += cStep;
    v128.store(c, s30);
    v128.store(c, s31, 16);
    c += cStep;
    a += fourStep;
  }
}

/** Where k goes to 16. */
function sixteenProducts(
  a: usize,
  fours: i32,
  fourStep: usize,
  b: usize,
  c: usize,
  cStep: usize,
  accumulate: bool,
): void {
  withoutLoop(a, fours, fourStep, 4, b, c, cStep, accumulate);
}

/** Where k goes to 32. */
function thirtyTwoProducts(
  a: usize,
  fours: i32,
  fourStep: usize,
  b: usize,
  c: usize,
  cStep: usize,
  accumulate: bool,
): void {
  withoutLoop(a, fours, fourStep, 8, b, c, cStep, accumulate);
}

/**
 * `panelProduct` of four or eight blocks, as in small layers, whose tiles would spend a tenth of their time on the
 * loop. To be called with a number, so that the compiler keeps what that takes.
 */
// @ts-ignore: decorators are AssemblyScript's
@inline
function withoutLoop(
  a: usize,
  fours: i32,
  fourStep: usize,
  blocks: i32,
  b: usize,
  c: usize,
  cStep: usize,
  accumulate: bool,
): void {
  const never = load<i32>(NEVER);
  for (; fours > 0; fours--) {
    let s00 = f32x4.splat(0);
    let s01 = s00;
    let s10 = s00;
    let s11 = s00;
    let s20 = s00;
    let s21 = s00;
    let s30 = s00;
    let s31 = s00;
    if (accumulate) {
      s00 = v128.load(c);
      s01 = v128.load(c, 16);
      s10 = v128.load(c + cStep);
      s11 = v128.load(c + cStep, 16);
      s20 = v128.load(c + cStep * 2);
      s21 = v128.load(c + cStep * 2, 16);
      s30 = v128.load(c + cStep * 3);
      s31 = v128.load(c + cStep * 3, 16);
    }
    // unrolled
    for (let k = 0; k < 16; k++) {
      if (!(never & (1 << (k & 3)))) {
        const b0 = v128.load(b, k * 32);
        const b1 = v128.load(b, k * 32 + 16);
        let x = v128.load32_splat(a, (k >> 2) * 64 + (k & 3) * 4);
        s00 = multiplyAdd(x, b0, s00);
        s01 = multiplyAdd(x, b1, s01);
        x = v128.load32_splat(a, (k >> 2) * 64 + (k & 3) * 4 + 16);
        s10 = multiplyAdd(x, b0, s10);
        s11 = multiplyAdd(x, b1, s11);
        x = v128.load32_splat(a, (k >> 2) * 64 + (k & 3) * 4 + 32);
        s20 = multiplyAdd(x, b0, s20);
        s21 = multiplyAdd(x, b1, s21);
        x = v128.load32_splat(a, (k >> 2) * 64 + (k & 3) * 4 + 48);
        s30 = multiplyAdd(x, b0, s30);
        s31 = multiplyAdd(x, b1, s31);
      }
    }
    if (blocks > 4) {
      // unrolled
      for (let k = 0; k < 16; k++) {
        if (!(never & (1 << (k & 3)))) {
          const b0 = v128.load(b, (k + 16) * 32);
          const b1 = v128.load(b, (k + 16) * 32 + 16);
          let x = v128.load32_splat(a, ((k + 16) >> 2) * 64 + (k & 3) * 4);
          s00 = multiplyAdd(x, b0, s00);
          s01 = multiplyAdd(x, b1, s01);
          x = v128.load32_splat(a, ((k + 16) >> 2) * 64 + (k & 3) * 4 + 16);
          s10 = multiplyAdd(x, b0, s10);
          s11 = multiplyAdd(x, b1, s11);
          x = v128.load32_splat(a, ((k + 16) >> 2) * 64 + (k & 3) * 4 + 32);
          s20 = multiplyAdd(x, b0, s20);
          s21 = multiplyAdd(x, b1, s21);
          x = v128.load32_splat(a, ((k + 16) >> 2) * 64 + (k & 3) * 4 + 48);
          s30 = multiplyAdd(x, b0, s30);
          s31 = multiplyAdd(x, b1, s31);
        }
      }
    }
    v128.store(c, s00);
    v128.store(c, s01, 16);
    c += cStep;
    v128.store(c, s10);
    v128.store(c, s11, 16);
    c += cStep;
    v128.store(c, s20);
    v128.store(c, s21, 16);
    c += cStep;
    v128.store(c, s30);
    v128.store(c, s31, 16);
    c += cStep;
    a += fourStep;
  }
}

/**
 * Adds `aᵀ b` to four rows by eight columns of sums, `c [4][8]`, side by side.
 *
 * @param a four values a k, 16 bytes apart
 * @param b eight values a k, 32 bytes apart
 * @param count of k, a multiple of four
 */
export function transposedProduct(a: usize, b: usize, count: i32, c: usize): void {
  const never = load<i32>(NEVER);
  let s00 = v128.load(c);
  let s01 = v128.load(c, 16);
  let s10 = v128.load(c, 32);
  let s11 = v128.load(c, 48);
  let s20 = v128.load(c, 64);
  let s21 = v128.load(c, 80);
  let s30 = v128.load(c, 96);
  let s31 = v128.load(c, 112);
  const end = b + (<usize>count << 5);
  while (b < end) {
    // unrolled
    for (let k = 0; k < 4; k++) {
      if (!(never & (1 << k))) {
        const b0 = v128.load(b, k * 32);
        const b1 = v128.load(b, k * 32 + 16);
        let x = v128.load32_splat(a, k * 16);
        s00 = multiplyAdd(x, b0, s00);
        s01 = multiplyAdd(x, b1, s01);
        x = v128.load32_splat(a, k * 16 + 4);
        s10 = multiplyAdd(x, b0, s10);
        s11 = multiplyAdd(x, b1, s11);
        x = v128.load32_splat(a, k * 16 + 8);
        s20 = multiplyAdd(x, b0, s20);
        s21 = multiplyAdd(x, b1, s21);
        x = v128.load32_splat(a, k * 16 + 12);
        s30 = multiplyAdd(x, b0, s30);
        s31 = multiplyAdd(x, b1, s31);
      }
    }
    a += 64;
    b += 128;
  }
  v128.store(c, s00);
  v128.store(c, s01, 16);
  v128.store(c, s10, 32);
  v128.store(c, s11, 48);
  v128.store(c, s20, 64);
  v128.store(c, s21, 80);
  v128.store(c, s30, 96);
  v128.store(c, s31, 112);
}
