import type { Conv1dGeometry } from './kernel-names.js';

/** Zeros before and after: `'same'` keeps the length (at stride 1), a number stands for both sides. */
export type Padding = 'same' | number | readonly [left: number, right: number];

/** What a caller says of a convolution's geometry; defaults: stride, dilation and groups 1, padding 0. */
export interface GeometryOptions {
  readonly stride?: number;
  readonly dilation?: number;
  readonly groups?: number;
  readonly padding?: Padding;
}

/**
 * Completes a geometry.
 * @throws where a number is not a whole one or too small
 */
export function geometryOf(
  where: string,
  kernelSize: number,
  options: GeometryOptions,
): Conv1dGeometry {
  const { stride = 1, dilation = 1, groups = 1, padding = 0 } = options;
  const spare = (kernelSize - 1) * dilation;
  const [padLeft, padRight] =
    padding === 'same'
      ? [Math.floor(spare / 2), Math.ceil(spare / 2)]
      : typeof padding === 'number'
        ? [padding, padding]
        : padding;
  for (const [name, value, least] of [
    ['stride', stride, 1],
    ['dilation', dilation, 1],
    ['groups', groups, 1],
    ['padding', padLeft, 0],
    ['padding', padRight, 0],
  ] as const) {
    if (!Number.isInteger(value) || value < least) {
      throw new RangeError(
        `${where}: ${name}=${value} must be a whole number of at least ${least}, because it counts samples or channels`,
      );
    }
  }
  return { stride, dilation, groups, padLeft, padRight };
}

/** Samples that a convolution makes of `time` samples. */
export function convolvedLength(
  time: number,
  kernelSize: number,
  { stride, dilation, padLeft, padRight }: Conv1dGeometry,
): number {
  const room = time + padLeft + padRight - (kernelSize - 1) * dilation - 1;
  return Math.floor(room / stride) + 1;
}

/** Samples that a transposed convolution makes of `time` samples. */
export function transposedLength(
  time: number,
  kernelSize: number,
  { stride, dilation, padLeft, padRight }: Conv1dGeometry,
  outputPadding: number,
): number {
  return (time - 1) * stride + (kernelSize - 1) * dilation + 1 - padLeft - padRight + outputPadding;
}
