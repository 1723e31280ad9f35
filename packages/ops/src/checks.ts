import type { Tensor } from '@tensorflow/tfjs-core';

/** @throws where `tensor` has another shape */
export function checkShape(
  where: string,
  name: string,
  tensor: Tensor,
  shape: readonly number[],
): void {
  if (tensor.shape.length === shape.length && shape.every((n, i) => n === tensor.shape[i])) return;
  throw new RangeError(
    `${where}: ${name} must have the shape [${shape}], because the other inputs ask for it, but has [${tensor.shape}]`,
  );
}

/** @throws where `x` or `filter` has not three axes, or the channels do not fit */
export function checkFilter(
  where: string,
  x: Tensor,
  filter: Tensor,
  groups: number,
  inChannels: number,
): void {
  for (const [name, tensor, axes] of [
    ['x', x, '[batch, time, channels]'],
    ['filter', filter, '[kernel, channels / groups, channels]'],
  ] as const) {
    if (tensor.shape.length !== 3) {
      throw new RangeError(
        `${where}: ${name} must be ${axes}, because it runs along time, but has the shape [${tensor.shape}]`,
      );
    }
  }
  if (x.shape[2] !== inChannels) {
    throw new RangeError(
      `${where}: x must have ${inChannels} channels, because the filter [${filter.shape}] in ${groups} group(s) reads as many, but has ${x.shape[2]}`,
    );
  }
  const [, , channels]: number[] = filter.shape;
  if (channels % groups !== 0) {
    throw new RangeError(
      `${where}: groups=${groups} must divide the filter's ${channels} channels, because each group takes as many`,
    );
  }
}

/** @throws where the slope is not above 0: the gradient is told from the sign of the output */
export function checkSlope(where: string, name: string, slope: number): void {
  if (slope > 0 && Number.isFinite(slope)) return;
  throw new RangeError(
    `${where}: ${name}=${slope} must be a number above 0, because it is the slope of a leaky ReLU`,
  );
}
