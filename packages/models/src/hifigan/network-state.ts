import { powerIteration, type SpectralVectors, spectralNorm, weightNorm } from '@hifigan/ops';
import * as tf from '@tensorflow/tfjs-core';
import { type ArraySpec, buffersOf, type LayerSpec, parametersOf } from './layer-spec.js';

/** The filters that a network convolves with, by layer. Whoever asked for them disposes of them. */
export type Filters = Readonly<Record<string, tf.Tensor3D>>;

/** The singular vectors of the layers with spectral norm, by layer. */
export type SpectralState = Readonly<Record<string, SpectralVectors>>;

/** Gives the first values of an array, in our layout. */
export type Initializer = (spec: ArraySpec) => Float32Array;

/** The variables of a network by name, and the filters that come of them. */
export class NetworkState {
  readonly layers: readonly LayerSpec[];
  readonly parameters: ReadonlyMap<string, tf.Variable>;
  readonly buffers: ReadonlyMap<string, tf.Variable>;

  constructor(layers: readonly LayerSpec[], initial: Initializer) {
    const variables = (specs: ArraySpec[], trainable: boolean) =>
      new Map(
        specs.map((spec) => {
          const values = tf.tensor(initial(spec), [...spec.shape]);
          // Unnamed: tfjs wants names unique over all networks.
          const variable = tf.variable(values, trainable);
          values.dispose();
          return [spec.name, variable];
        }),
      );
    this.layers = layers;
    this.parameters = variables(layers.flatMap(parametersOf), true);
    this.buffers = variables(layers.flatMap(buffersOf), false);
  }

  /** @throws where there is no such parameter */
  parameter(name: string): tf.Variable {
    return found(this.parameters, name);
  }

  bias(layer: string): tf.Variable {
    return this.parameter(`${layer}.bias`);
  }

  /** All filters but those of spectral norm, which depend on the forward pass. */
  filters(): Filters {
    const filters: Record<string, tf.Tensor3D> = {};
    for (const { name, norm } of this.layers) {
      if (norm === 'spectral') continue;
      filters[name] =
        norm === 'weight'
          ? weightNorm(this.parameter(`${name}.weight_v`), this.parameter(`${name}.weight_g`))
          : (tf.clone(this.parameter(`${name}.weight`) as tf.Tensor) as tf.Tensor3D);
    }
    return filters;
  }

  /** The filters of spectral norm with given vectors. */
  spectralFilters(state: SpectralState): Filters {
    const filters: Record<string, tf.Tensor3D> = {};
    for (const [name, vectors] of Object.entries(state)) {
      filters[name] = spectralNorm(this.parameter(`${name}.weight_orig`), vectors);
    }
    return filters;
  }

  /** The vectors as they are: variables, so not the caller's to dispose of. */
  spectralState(): SpectralState {
    const state: Record<string, SpectralVectors> = {};
    for (const { name, norm } of this.layers) {
      if (norm !== 'spectral') continue;
      const u = found(this.buffers, `${name}.weight_u`) as tf.Tensor as tf.Tensor1D;
      const v = found(this.buffers, `${name}.weight_v`) as tf.Tensor as tf.Tensor1D;
      state[name] = { u, v };
    }
    return state;
  }

  /** One power iteration of each layer; the new vectors are kept, and returned as the caller's tensors. */
  iterateSpectralNorm(): SpectralState {
    const state: Record<string, SpectralVectors> = {};
    for (const { name, norm } of this.layers) {
      if (norm !== 'spectral') continue;
      const u = found(this.buffers, `${name}.weight_u`);
      const vectors = powerIteration(this.parameter(`${name}.weight_orig`), u);
      u.assign(vectors.u);
      found(this.buffers, `${name}.weight_v`).assign(vectors.v);
      state[name] = vectors;
    }
    return state;
  }

  dispose(): void {
    for (const variable of [...this.parameters.values(), ...this.buffers.values()]) {
      variable.dispose();
    }
  }
}

function found<T>(map: ReadonlyMap<string, T>, name: string): T {
  const value = map.get(name);
  if (value === undefined) {
    throw new Error(`NetworkState: name=${name} must be that of an array, because it is read`);
  }
  return value;
}
