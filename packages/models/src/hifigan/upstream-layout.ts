import type { ArraySpec } from './layer-spec.js';

/** An array as upstream's checkpoints hold it. */
export interface UpstreamArray {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** The shape of an array in PyTorch's layout. */
export function upstreamShape({ role, shape, layer }: ArraySpec): number[] {
  const image = layer.upstreamRank === 4 ? [1] : [];
  if (role === 'filter') return [shape[2], shape[1], shape[0], ...image];
  if (role === 'magnitude') return [shape[0], 1, 1, ...image];
  return [...shape];
}

/**
 * From our layout to PyTorch's. A filter's axes are turned around: `[kernel, in, out]` to `[out, in, kernel]`,
 * and of a transposed convolution `[kernel, out, in]` to `[in, out, kernel]`. The right vector of spectral
 * norm has a filter's first two axes in one and turns with it.
 */
export function toUpstream(spec: ArraySpec, values: Float32Array): UpstreamArray {
  return { shape: upstreamShape(spec), data: turned(values, axesOf(spec)) };
}

/** The way back; `values` in PyTorch's layout. */
export function fromUpstream(spec: ArraySpec, values: Float32Array): Float32Array {
  const [kernel, a, b] = axesOf(spec);
  return turned(values, [b, a, kernel]);
}

// Any array as three axes of which the first and the last change places.
function axesOf({ role, shape, layer }: ArraySpec): readonly [number, number, number] {
  const [kernel, a, b] = layer.filterShape;
  if (role === 'filter') return [kernel, a, b];
  if (role === 'right vector') return [kernel, 1, a];
  return [1, 1, shape[0]];
}

function turned(
  values: Float32Array,
  [first, second, third]: readonly [number, number, number],
): Float32Array {
  if (first === 1 && second === 1) return values.slice();
  const result = new Float32Array(values.length);
  let at = 0;
  for (let k = 0; k < third; k++) {
    for (let j = 0; j < second; j++) {
      for (let i = 0; i < first; i++) {
        result[at++] = values[(i * second + j) * third + k];
      }
    }
  }
  return result;
}
