import { hashedUniform } from './hashed-uniform.js';

/** What a golden's metadata says of its weights. */
export interface HashedStateOptions {
  /** Stands before each name where it is hashed (not in the result), so that two networks differ. */
  readonly prefix?: string;
  /** Factor on the bounds of PyTorch's default initialisation. */
  readonly gain?: number;
}

/**
 * Weights of a whole network from names alone; the twin of `hashed_state` in `tooling/reference-python`.
 *
 * For a layer whose weight is `[a, b, ...kernel]` in PyTorch's layout, fan in = b · kernel:
 * - `weight`, `weight_v` (weight norm's direction), `weight_orig`, `bias`: {@link hashedUniform} within
 *   gain / √(fan in); a bias takes the fan in of its layer's weight
 * - `weight_g`: the norm of weight_v over all axes but the first, in float64, rounded to float32
 * - the one-dimensional `weight_u` and `weight_v` of spectral norm: hashedUniform of bound 1 over its norm
 *
 * @param shapes upstream's name to the shape in **PyTorch's layout**
 * @returns arrays by the same names, in PyTorch's layout
 */
export function hashedState(
  shapes: ReadonlyMap<string, readonly number[]>,
  { prefix = '', gain = 1 }: HashedStateOptions = {},
): Map<string, Float32Array> {
  const state = new Map<string, Float32Array>();
  for (const [name, shape] of shapes) {
    if (name.endsWith('.weight_g')) {
      const direction = name.replace(/g$/, 'v');
      const rest = shapeOf(shapes, direction).slice(1);
      const bound = gain / Math.sqrt(product(rest));
      const v = hashedUniform(prefix + direction, [shape[0], ...rest], bound);
      state.set(name, Float32Array.from(norms(v, shape[0])));
    } else if (shape.length === 1 && /\.weight_[uv]$/.test(name)) {
      const values = hashedUniform(prefix + name, shape, 1);
      const [norm] = norms(values, 1);
      state.set(
        name,
        values.map((value) => value / norm),
      );
    } else {
      const fanIn = product(weightShape(shapes, name).slice(1));
      state.set(name, hashedUniform(prefix + name, shape, gain / Math.sqrt(fanIn)));
    }
  }
  return state;
}

/** The shape of the weight of the layer that `name` belongs to. */
function weightShape(shapes: ReadonlyMap<string, readonly number[]>, name: string) {
  const layer = name.slice(0, name.lastIndexOf('.'));
  for (const kind of ['weight_orig', 'weight_v', 'weight']) {
    const shape = shapes.get(`${layer}.${kind}`);
    if (shape && shape.length > 1) return shape;
  }
  throw new Error(`hashedState: ${name} belongs to a layer without weight`);
}

function shapeOf(shapes: ReadonlyMap<string, readonly number[]>, name: string) {
  const shape = shapes.get(name);
  if (!shape) throw new Error(`hashedState: no ${name}`);
  return shape;
}

function product(shape: readonly number[]): number {
  return shape.reduce((result, size) => result * size, 1);
}

/** Euclidean norms of `rows` equal parts. */
function norms(values: Float32Array, rows: number): Float64Array {
  const width = values.length / rows;
  return Float64Array.from({ length: rows }, (_, row) =>
    Math.sqrt(
      values
        .subarray(row * width, (row + 1) * width)
        .reduce((sum, value) => sum + value * value, 0),
    ),
  );
}
