import { multiplyAdd } from './lanes';

/** Columns of a panel of the right side. */
export const PANEL: i32 = 8;

/**
 * Address of a word that is always 0. V8 moves all loads of a basic block before its arithmetic, and so many live values spill the
 * sums to memory (24 GFLOP/s where 48 are reached). A branch on something that no
 * compiler knows ends the block; hence one before each step of a tile.
 */
const NEVER: usize = 1024;

/**
 * Matrix product `c[row, column] (+)= sum over k of a[row, k] * b[k, column]`, four rows by eight columns at a
 * time: 8 sums, 2 of b and a broadcast value are what 16 vector registers hold.
 *
 * The left side comes in blocks of four rows by four k, 64 bytes, a row's four values side by side. Four
 * rows begin at `a` plus an entry of `rowTable`, have a run of `blocks` blocks, `blockStep` bytes apart, for
 * each entry of `segmentTable` (the taps of a convolution), which is added too. The right side is packed as
 * `[panel][segment][k][8]`.
 *
 * @param c row-major, `cStep` bytes a row
 */
export function product(
  a: usize,
  rowTable: usize,
  fours: i32,
  segmentTable: usize,
  segments: i32,
  blocks: i32,
  blockStep: usize,
  b: usize,
  panels: i32,
  c: usize,
  cStep: usize,
  accumulate: bool,
): void {
  const never = load<i32>(NEVER);
  const panelStep = <usize>(segments * blocks) * 128;
  const rowsEnd = rowTable + <usize>fours * 4;
  const segmentsEnd = segmentTable + <usize>segments * 4;
  for (let panel = 0; panel < panels; panel++) {
    let cTile = c;
    for (let entry = rowTable; entry < rowsEnd; entry += 4) {
      const rows = a + <usize>load<u32>(entry);
      tile(rows, segmentTable, segmentsEnd, blocks, blockStep, b, cTile, cStep, accumulate, never);
      cTile += cStep * 4;
    }
    b += panelStep;
    c += 32;
  }
}

function tile(
  rows: usize,
  segment: usize,
  segmentsEnd: usize,
  blocks: i32,
  blockStep: usize,
  b: usize,
  c: usize,
  cStep: usize,
  accumulate: bool,
  never: i32,
): void {
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
  for (; segment < segmentsEnd; segment += 4) {
    let from = rows + <usize>load<u32>(segment);
    const end = b + (<usize>blocks << 7);
    while (b < end) {
      if (!(never & 1)) {
        const b0 = v128.load(b);
        const b1 = v128.load(b, 16);
        let x = v128.load32_splat(from);
        s00 = multiplyAdd(x, b0, s00);
        s01 = multiplyAdd(x, b1, s01);
        x = v128.load32_splat(from, 16);
        s10 = multiplyAdd(x, b0, s10);
        s11 = multiplyAdd(x, b1, s11);
        x = v128.load32_splat(from, 32);
        s20 = multiplyAdd(x, b0, s20);
        s21 = multiplyAdd(x, b1, s21);
        x = v128.load32_splat(from, 48);
        s30 = multiplyAdd(x, b0, s30);
        s31 = multiplyAdd(x, b1, s31);
      }
      if (!(never & 2)) {
        const b0 = v128.load(b, 32);
        const b1 = v128.load(b, 48);
        let x = v128.load32_splat(from, 4);
        s00 = multiplyAdd(x, b0, s00);
        s01 = multiplyAdd(x, b1, s01);
        x = v128.load32_splat(from, 20);
        s10 = multiplyAdd(x, b0, s10);
        s11 = multiplyAdd(x, b1, s11);
        x = v128.load32_splat(from, 36);
        s20 = multiplyAdd(x, b0, s20);
        s21 = multiplyAdd(x, b1, s21);
        x = v128.load32_splat(from, 52);
        s30 = multiplyAdd(x, b0, s30);
        s31 = multiplyAdd(x, b1, s31);
      }
      if (!(never & 4)) {
        const b0 = v128.load(b, 64);
        const b1 = v128.load(b, 80);
        let x = v128.load32_splat(from, 8);
        s00 = multiplyAdd(x, b0, s00);
        s01 = multiplyAdd(x, b1, s01);
        x = v128.load32_splat(from, 24);
        s10 = multiplyAdd(x, b0, s10);
        s11 = multiplyAdd(x, b1, s11);
        x = v128.load32_splat(from, 40);
        s20 = multiplyAdd(x, b0, s20);
        s21 = multiplyAdd(x, b1, s21);
        x = v128.load32_splat(from, 56);
        s30 = multiplyAdd(x, b0, s30);
        s31 = multiplyAdd(x, b1, s31);
      }
      if (!(never & 8)) {
        const b0 = v128.load(b, 96);
        const b1 = v128.load(b, 112);
        let x = v128.load32_splat(from, 12);
        s00 = multiplyAdd(x, b0, s00);
        s01 = multiplyAdd(x, b1, s01);
        x = v128.load32_splat(from, 28);
        s10 = multiplyAdd(x, b0, s10);
        s11 = multiplyAdd(x, b1, s11);
        x = v128.load32_splat(from, 44);
        s20 = multiplyAdd(x, b0, s20);
        s21 = multiplyAdd(x, b1, s21);
        x = v128.load32_splat(from, 60);
        s30 = multiplyAdd(x, b0, s30);
        s31 = multiplyAdd(x, b1, s31);
      }
      from += blockStep;
      b += 128;
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
    if (!(never & 1)) {
      const b0 = v128.load(b);
      const b1 = v128.load(b, 16);
      let x = v128.load32_splat(a);
      s00 = multiplyAdd(x, b0, s00);
      s01 = multiplyAdd(x, b1, s01);
      x = v128.load32_splat(a, 4);
      s10 = multiplyAdd(x, b0, s10);
      s11 = multiplyAdd(x, b1, s11);
      x = v128.load32_splat(a, 8);
      s20 = multiplyAdd(x, b0, s20);
      s21 = multiplyAdd(x, b1, s21);
      x = v128.load32_splat(a, 12);
      s30 = multiplyAdd(x, b0, s30);
      s31 = multiplyAdd(x, b1, s31);
    }
    if (!(never & 2)) {
      const b0 = v128.load(b, 32);
      const b1 = v128.load(b, 48);
      let x = v128.load32_splat(a, 16);
      s00 = multiplyAdd(x, b0, s00);
      s01 = multiplyAdd(x, b1, s01);
      x = v128.load32_splat(a, 20);
      s10 = multiplyAdd(x, b0, s10);
      s11 = multiplyAdd(x, b1, s11);
      x = v128.load32_splat(a, 24);
      s20 = multiplyAdd(x, b0, s20);
      s21 = multiplyAdd(x, b1, s21);
      x = v128.load32_splat(a, 28);
      s30 = multiplyAdd(x, b0, s30);
      s31 = multiplyAdd(x, b1, s31);
    }
    if (!(never & 4)) {
      const b0 = v128.load(b, 64);
      const b1 = v128.load(b, 80);
      let x = v128.load32_splat(a, 32);
      s00 = multiplyAdd(x, b0, s00);
      s01 = multiplyAdd(x, b1, s01);
      x = v128.load32_splat(a, 36);
      s10 = multiplyAdd(x, b0, s10);
      s11 = multiplyAdd(x, b1, s11);
      x = v128.load32_splat(a, 40);
      s20 = multiplyAdd(x, b0, s20);
      s21 = multiplyAdd(x, b1, s21);
      x = v128.load32_splat(a, 44);
      s30 = multiplyAdd(x, b0, s30);
      s31 = multiplyAdd(x, b1, s31);
    }
    if (!(never & 8)) {
      const b0 = v128.load(b, 96);
      const b1 = v128.load(b, 112);
      let x = v128.load32_splat(a, 48);
      s00 = multiplyAdd(x, b0, s00);
      s01 = multiplyAdd(x, b1, s01);
      x = v128.load32_splat(a, 52);
      s10 = multiplyAdd(x, b0, s10);
      s11 = multiplyAdd(x, b1, s11);
      x = v128.load32_splat(a, 56);
      s20 = multiplyAdd(x, b0, s20);
      s21 = multiplyAdd(x, b1, s21);
      x = v128.load32_splat(a, 60);
      s30 = multiplyAdd(x, b0, s30);
      s31 = multiplyAdd(x, b1, s31);
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
