import { backend_util } from '@tensorflow/tfjs-core';

/** A run of values along which each side goes on or stays. */
interface Stretch {
  readonly length: number;
  readonly aGoes: boolean;
  readonly bGoes: boolean;
}

/** How two tensors meet, in the terms of `assembly/binary.ts`. */
export interface Broadcast {
  readonly shape: number[];
  readonly rows: number;
  readonly length: number;
  /** Of rows along the second and third axis. */
  readonly axes: readonly [second: number, third: number];
  /** Along a row. */
  readonly steps: readonly [a: number, b: number];
  /** Along the three axes. */
  readonly aSteps: readonly [number, number, number];
  readonly bSteps: readonly [number, number, number];
}

/** Undefined where rows would have to be counted along more than three axes. */
export function planBroadcast(
  aShape: readonly number[],
  bShape: readonly number[],
): Broadcast | undefined {
  const shape = backend_util.assertAndGetBroadcastShape([...aShape], [...bShape]);
  const [inner = { length: 1, aGoes: true, bGoes: true }, ...outer] = stretches(
    shape,
    aShape,
    bShape,
  );
  if (outer.length > 3) return undefined;
  const aSteps = [0, 0, 0];
  const bSteps = [0, 0, 0];
  const lengths = [1, 1, 1];
  let a = inner.aGoes ? inner.length : 1;
  let b = inner.bGoes ? inner.length : 1;
  let rows = 1;
  outer.forEach(({ length, aGoes, bGoes }, index) => {
    const axis = 2 - index;
    lengths[axis] = length;
    rows *= length;
    if (aGoes) {
      aSteps[axis] = a;
      a *= length;
    }
    if (bGoes) {
      bSteps[axis] = b;
      b *= length;
    }
  });
  return {
    shape,
    rows,
    length: inner.length,
    axes: [lengths[1], lengths[2]],
    steps: [Number(inner.aGoes), Number(inner.bGoes)],
    aSteps: [aSteps[0], aSteps[1], aSteps[2]],
    bSteps: [bSteps[0], bSteps[1], bSteps[2]],
  };
}

/** The last first; neighbours that do alike are one. */
function stretches(
  shape: readonly number[],
  aShape: readonly number[],
  bShape: readonly number[],
): Stretch[] {
  const found: Stretch[] = [];
  for (let back = 1; back <= shape.length; back++) {
    const length = shape[shape.length - back];
    if (length === 1) continue;
    const aGoes = aShape[aShape.length - back] === length;
    const bGoes = bShape[bShape.length - back] === length;
    const last = found.at(-1);
    if (last && last.aGoes === aGoes && last.bGoes === bGoes) {
      found[found.length - 1] = { ...last, length: last.length * length };
    } else {
      found.push({ length, aGoes, bGoes });
    }
  }
  return found;
}
