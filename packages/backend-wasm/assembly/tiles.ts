import { Scheme } from './convolution-job';
import { backward7, backward8, forward7, forward8 } from './transforms';

/**
 * Bᵀ of tiles of a signal that `stageRows` has laid out.
 *
 * Value `(plane, tile, vector)` goes to `a + plane · plane + (tile / 4) · fourStep + (tile % 4) · 16 +
 * vector · vectorTo`.
 *
 * @param outputs rows from a tile's beginning to the next tile's
 * @param firstTile number of the first tile at its destination
 */
export function transformTiles(
  scheme: i32,
  staged: usize,
  vectorStep: usize,
  outputs: i32,
  tiles: i32,
  vectors: i32,
  a: usize,
  firstTile: i32,
  fourStep: usize,
  vectorTo: usize,
  plane: usize,
): void {
  if (scheme == Scheme.Single) {
    transformSingle(staged, vectorStep, outputs, tiles, vectors, a, firstTile, fourStep, vectorTo, plane);
  } else if (scheme == Scheme.Double) {
    transformDouble(staged, vectorStep, tiles, vectors, a, firstTile, fourStep, vectorTo, plane);
  } else {
    transformTriple(staged, vectorStep, tiles, vectors, a, firstTile, fourStep, vectorTo, plane);
  }
}

// @ts-ignore: decorators are AssemblyScript's
@inline
function placeOf(a: usize, tile: i32, fourStep: usize): usize {
  return a + <usize>(tile >> 2) * fourStep + <usize>((tile & 3) * 16);
}

/**
 * Aᵀ of one tile.
 *
 * @param c `[vectors]` of the first plane, the others `plane` bytes apart
 * @param to `[outputs][vectors]`, `rowStep` bytes a row
 */
export function invertTile(
  scheme: i32,
  outputs: i32,
  c: usize,
  plane: usize,
  vectors: i32,
  to: usize,
  rowStep: usize,
): void {
  const end = c + <usize>vectors * 16;
  if (scheme == Scheme.Single) {
    for (; c < end; c += 16) {
      backward8(
        v128.load(c),
        v128.load(c + plane),
        v128.load(c + plane * 2),
        v128.load(c + plane * 3),
        v128.load(c + plane * 4),
        v128.load(c + plane * 5),
        v128.load(c + plane * 6),
        v128.load(c + plane * 7),
        outputs,
        to,
        rowStep,
      );
      to += 16;
    }
  } else if (scheme == Scheme.Double) {
    // M0 + M1, then M1 - M2
    for (; c < end; c += 16) {
      invertSum(c, c + plane * 7, plane, to, rowStep);
      invertDifference(c + plane * 7, c + plane * 14, plane, to + rowStep * 4, rowStep);
      to += 16;
    }
  } else {
    // M0 + M1 + M2, then M1 - M2 - M3
    for (; c < end; c += 16) {
      invertThree(c, plane, 1, to, rowStep);
      invertThree(c + plane * 7, plane, -1, to + rowStep * 4, rowStep);
      to += 16;
    }
  }
}

function invertSum(p: usize, q: usize, plane: usize, to: usize, step: usize): void {
  backward7(
    f32x4.add(v128.load(p), v128.load(q)),
    f32x4.add(v128.load(p + plane), v128.load(q + plane)),
    f32x4.add(v128.load(p + plane * 2), v128.load(q + plane * 2)),
    f32x4.add(v128.load(p + plane * 3), v128.load(q + plane * 3)),
    f32x4.add(v128.load(p + plane * 4), v128.load(q + plane * 4)),
    f32x4.add(v128.load(p + plane * 5), v128.load(q + plane * 5)),
    f32x4.add(v128.load(p + plane * 6), v128.load(q + plane * 6)),
    to,
    step,
  );
}

function invertDifference(p: usize, q: usize, plane: usize, to: usize, step: usize): void {
  backward7(
    f32x4.sub(v128.load(p), v128.load(q)),
    f32x4.sub(v128.load(p + plane), v128.load(q + plane)),
    f32x4.sub(v128.load(p + plane * 2), v128.load(q + plane * 2)),
    f32x4.sub(v128.load(p + plane * 3), v128.load(q + plane * 3)),
    f32x4.sub(v128.load(p + plane * 4), v128.load(q + plane * 4)),
    f32x4.sub(v128.load(p + plane * 5), v128.load(q + plane * 5)),
    f32x4.sub(v128.load(p + plane * 6), v128.load(q + plane * 6)),
    to,
    step,
  );
}

/** Of three outer products in a row: their sum, or the first less the others. */
// @ts-ignore: decorators are AssemblyScript's
@inline
function invertThree(p: usize, plane: usize, sign: i32, to: usize, step: usize): void {
  backward7(
    three(p, plane, sign),
    three(p + plane, plane, sign),
    three(p + plane * 2, plane, sign),
    three(p + plane * 3, plane, sign),
    three(p + plane * 4, plane, sign),
    three(p + plane * 5, plane, sign),
    three(p + plane * 6, plane, sign),
    to,
    step,
  );
}

// @ts-ignore: decorators are AssemblyScript's
@inline
function three(p: usize, plane: usize, sign: i32): v128 {
  const others = f32x4.add(v128.load(p + plane * 7), v128.load(p + plane * 14));
  return sign > 0 ? f32x4.add(v128.load(p), others) : f32x4.sub(v128.load(p), others);
}

function transformSingle(
  staged: usize,
  vectorStep: usize,
  outputs: i32,
  tiles: i32,
  vectors: i32,
  a: usize,
  firstTile: i32,
  fourStep: usize,
  vectorTo: usize,
  plane: usize,
): void {
  for (let v = 0; v < vectors; v++) {
    let from = staged;
    for (let tile = firstTile; tile < firstTile + tiles; tile++) {
      forward8(
        v128.load(from),
        v128.load(from, 16),
        v128.load(from, 32),
        v128.load(from, 48),
        v128.load(from, 64),
        v128.load(from, 80),
        v128.load(from, 96),
        v128.load(from, 112),
        placeOf(a, tile, fourStep),
        plane,
      );
      from += outputs * 16;
    }
    staged += vectorStep;
    a += vectorTo;
  }
}

/**
 * Bytes of a transformed block of seven rows. Two of a tile and two of the next stand behind what is staged
 * (`TRANSFORM_BYTES` in `src/schemes.ts`).
 */
const BLOCK: usize = 112;

/**
 * F(4, 4) within F(2, 2): X0 - X1, X1, X1 - X2, where each begins four rows after the one before. X2 is the next
 * tile's X0; transforms are linear, so each block is transformed once and differences are taken of the results.
 */
function transformDouble(
  staged: usize,
  vectorStep: usize,
  tiles: i32,
  vectors: i32,
  a: usize,
  firstTile: i32,
  fourStep: usize,
  vectorTo: usize,
  plane: usize,
): void {
  let here = staged + vectorStep * <usize>vectors;
  let next = here + BLOCK * 2;
  for (let v = 0; v < vectors; v++) {
    let from = staged;
    transformBlock(from, here);
    for (let tile = firstTile; tile < firstTile + tiles; tile++) {
      transformBlock(from + 64, here + BLOCK);
      from += 128;
      transformBlock(from, next);
      let to = placeOf(a, tile, fourStep);
      const end = here + BLOCK;
      let after = next;
      for (let at = here; at < end; at += 16) {
        const x1 = v128.load(at, BLOCK);
        v128.store(to, f32x4.sub(v128.load(at), x1));
        v128.store(to + plane * 7, x1);
        v128.store(to + plane * 14, f32x4.sub(x1, v128.load(after)));
        after += 16;
        to += plane;
      }
      const free = here;
      here = next;
      next = free;
    }
    staged += vectorStep;
    a += vectorTo;
  }
}

/** F(4, 4) within F(2, 3): X0 - X2, X1 + X2, X2 - X1, X1 - X3; X2 and X3 are the next tile's X0 and X1. */
function transformTriple(
  staged: usize,
  vectorStep: usize,
  tiles: i32,
  vectors: i32,
  a: usize,
  firstTile: i32,
  fourStep: usize,
  vectorTo: usize,
  plane: usize,
): void {
  let here = staged + vectorStep * <usize>vectors;
  let next = here + BLOCK * 2;
  for (let v = 0; v < vectors; v++) {
    let from = staged;
    transformBlock(from, here);
    transformBlock(from + 64, here + BLOCK);
    for (let tile = firstTile; tile < firstTile + tiles; tile++) {
      from += 128;
      transformBlock(from, next);
      transformBlock(from + 64, next + BLOCK);
      let to = placeOf(a, tile, fourStep);
      const end = here + BLOCK;
      let after = next;
      for (let at = here; at < end; at += 16) {
        const x1 = v128.load(at, BLOCK);
        const x2 = v128.load(after);
        v128.store(to, f32x4.sub(v128.load(at), x2));
        v128.store(to + plane * 7, f32x4.add(x1, x2));
        v128.store(to + plane * 14, f32x4.sub(x2, x1));
        v128.store(to + plane * 21, f32x4.sub(x1, v128.load(after, BLOCK)));
        after += 16;
        to += plane;
      }
      const free = here;
      here = next;
      next = free;
    }
    staged += vectorStep;
    a += vectorTo;
  }
}

/** Bᵀ of seven rows of four channels. */
// @ts-ignore: decorators are AssemblyScript's
@inline
function transformBlock(from: usize, to: usize): void {
  forward7(
    v128.load(from),
    v128.load(from, 16),
    v128.load(from, 32),
    v128.load(from, 48),
    v128.load(from, 64),
    v128.load(from, 80),
    v128.load(from, 96),
    to,
    16,
  );
}
