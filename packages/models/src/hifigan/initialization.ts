import { type ArraySpec, initialBound } from './layer-spec.js';
import type { Initializer } from './network-state.js';

/**
 * The first values of a network: weights and biases uniform in ±1/sqrt(fan in), PyTorch's default. Upstream
 * asks for normal(0, 0.01), but of a tensor that weight norm computes again, so that it has no effect.
 * Magnitudes are the norms of their filters; singular vectors are random unit vectors.
 *
 * @param random uniform in [0, 1)
 */
export function defaultInitializer(random: () => number): Initializer {
  // The magnitude comes before its filter in upstream's order, so the filter is made when first asked for.
  const filters = new Map<string, Float32Array>();
  const filterOf = (spec: ArraySpec): Float32Array => {
    const { name, filterShape } = spec.layer;
    const made = filters.get(name);
    if (made) return made;
    const size = filterShape[0] * filterShape[1] * filterShape[2];
    const values = uniform(size, initialBound(spec.layer), random);
    filters.set(name, values);
    return values;
  };
  return (spec) => {
    switch (spec.role) {
      case 'bias':
        return uniform(spec.shape[0], initialBound(spec.layer), random);
      case 'filter': {
        const values = filterOf(spec);
        filters.delete(spec.layer.name);
        return values;
      }
      case 'magnitude':
        return magnitudes(filterOf(spec), spec.shape[0]);
      default:
        return unitVector(spec.shape[0], random);
    }
  };
}

/** Norms over all axes but the last. */
export function magnitudes(filter: ArrayLike<number>, channels: number): Float32Array {
  const squares = new Float64Array(channels);
  for (let i = 0; i < filter.length; i++) squares[i % channels] += filter[i] * filter[i];
  return Float32Array.from(squares, Math.sqrt);
}

function uniform(size: number, bound: number, random: () => number): Float32Array {
  const values = new Float32Array(size);
  for (let i = 0; i < size; i++) values[i] = (2 * random() - 1) * bound;
  return values;
}

function unitVector(size: number, random: () => number): Float32Array {
  // Two uniform numbers make a normal one (Box and Muller); only such directions are even.
  const values = Float64Array.from(
    { length: size },
    () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()),
  );
  const norm = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0)) || 1;
  return Float32Array.from(values, (value) => value / norm);
}
