import * as tf from '@tensorflow/tfjs-core';
import { configDifferences, isTrainingHalf } from './config-differences.js';
import type { GeneratorConfig } from './generator-config.js';
import { layersOf } from './generator-layers.js';
import { magnitudes } from './initialization.js';
import { type ArraySpec, buffersOf, type LayerSpec, parametersOf } from './layer-spec.js';
import type { NetworkState } from './network-state.js';
import { StateError } from './state-error.js';
import { storedForm } from './stored-form.js';
import { fromUpstream, toUpstream, type UpstreamArray, upstreamShape } from './upstream-layout.js';

/** A network whose state can cross the border. */
export interface Network {
  /** Internal: the network's variables and layers. */
  readonly state: NetworkState;
  /** Present in a generator. */
  readonly config?: GeneratorConfig;
}

/** Arrays by upstream's names, as `@hifigan/checkpoint` reads and writes them; any numeric type. */
export type UpstreamArrays = ReadonlyMap<
  string,
  { readonly shape: readonly number[]; readonly data: ArrayLike<number> | BigInt64Array }
>;

/**
 * The names, roles and shapes (in our layout) of a network's parameters and buffers by name, in upstream's
 * order: with {@link toUpstream} what an optimizer's moments need to cross the border as well.
 */
export function arraysOf(network: Network): ReadonlyMap<string, ArraySpec> {
  const specs = network.state.layers.flatMap((layer) => [
    ...parametersOf(layer),
    ...buffersOf(layer),
  ]);
  return new Map(specs.map((spec) => [spec.name, spec]));
}

/** A network's parameters and buffers in PyTorch's layout, by upstream's names and in its order. */
export async function exportState(network: Network): Promise<Map<string, UpstreamArray>> {
  const { parameters, buffers } = network.state;
  const arrays = new Map<string, UpstreamArray>();
  for (const [name, spec] of arraysOf(network)) {
    const variable = parameters.get(name) ?? buffers.get(name);
    arrays.set(name, toUpstream(spec, (await variable!.data()) as Float32Array));
  }
  return arrays;
}

/**
 * Sets a network's parameters and buffers from arrays in PyTorch's layout, by upstream's names. A weight
 * norm may come as `weight_g` and `weight_v`, as newer PyTorch spells them
 * (`parametrizations.weight.original0`, `original1`), or multiplied out, as `weight`; a spectral norm as
 * `weight_orig`, `weight_u`, `weight_v` or in the newer spelling.
 *
 * @param where what is loaded, for the message
 * @throws StateError with every missing, extra and misshapen array and, of a generator, the keys of its config that
 * differ; Error where it is the half with the discriminators; then nothing has changed
 */
export function importState(network: Network, arrays: UpstreamArrays, where = 'importState'): void {
  const { layers } = network.state;
  checkState({ layers, config: network.config }, arrays, where);
  const values = readState(layers, arrays, where);
  const { parameters, buffers } = network.state;
  for (const [name, spec] of arraysOf(network)) {
    const variable = parameters.get(name) ?? buffers.get(name);
    const tensor = tf.tensor(values.get(name)!, [...spec.shape]);
    variable!.assign(tensor);
    tensor.dispose();
  }
}

/** A convolution of a generator as inference needs it, weight norm multiplied out; no tensors. */
export interface FoldedLayer {
  /** Upstream's module path, `resblocks.0.convs1.0`. */
  readonly name: string;
  /** `[kernel, in, out]`, of a transposed convolution `[kernel, out, in]`. */
  readonly filter: { readonly shape: readonly number[]; readonly data: Float32Array };
  readonly bias: Float32Array;
}

/**
 * The convolutions of a generator by name, from arrays that {@link importState} takes; it needs no backend of tfjs.
 *
 * @throws as importState does
 */
export function foldedLayers(
  config: GeneratorConfig,
  arrays: UpstreamArrays,
  where = 'foldedLayers',
): ReadonlyMap<string, FoldedLayer> {
  const layers = layersOf(config, 'none');
  checkState({ layers, config }, arrays, where);
  const values = readState(layers, arrays, where);
  return new Map(
    layers.map(({ name, filterShape }) => [
      name,
      {
        name,
        filter: { shape: filterShape, data: values.get(`${name}.weight`)! },
        bias: values.get(`${name}.bias`)!,
      },
    ]),
  );
}

/**
 * A generator's arrays with weight norm, in PyTorch's layout and upstream's order, from arrays that {@link importState}
 * takes; it needs no backend of tfjs.
 *
 * @throws as importState does
 */
export function normedArrays(
  config: GeneratorConfig,
  arrays: UpstreamArrays,
  where = 'normedArrays',
): ReadonlyMap<string, UpstreamArray> {
  const layers = layersOf(config, 'weight');
  checkState({ layers, config }, arrays, where);
  const values = readState(layers, arrays, where);
  const specs = layers.flatMap(parametersOf);
  return new Map(specs.map((spec) => [spec.name, toUpstream(spec, values.get(spec.name)!)]));
}

/** Values by name, in our layout, of arrays that {@link checkState} has passed. */
function readState(
  layers: readonly LayerSpec[],
  arrays: UpstreamArrays,
  where: string,
): ReadonlyMap<string, Float32Array> {
  const values = new Map<string, Float32Array>();
  for (const layer of layers) {
    const read = new Map<string, Float32Array>();
    for (const [spec, name] of storedForm(layer, arrays)) {
      read.set(spec.role, fromUpstream(spec, floats(arrays.get(name)!.data)));
    }
    refuseZeros(layer, { read, where });
    for (const spec of [...parametersOf(layer), ...buffersOf(layer)]) {
      values.set(spec.name, converted(spec, read));
    }
  }
  return values;
}

/** @throws RangeError where a weight norm divides by a length of 0 */
function refuseZeros(
  { name, filterShape }: LayerSpec,
  { read, where }: { readonly read: ReadonlyMap<string, Float32Array>; readonly where: string },
): void {
  if (!read.has('magnitude')) return;
  const channel = magnitudes(read.get('filter')!, filterShape[2]).indexOf(0);
  if (channel < 0) return;
  throw new RangeError(
    `${where}: ${name}: the direction of its weight norm (weight_v, or original1) is 0 throughout in channel ${channel} and must not be, because it is divided by its length: PyTorch makes NaN of it, too; set that channel to anything else and its weight_g to 0 where it is meant to be silent, or take an earlier checkpoint`,
  );
}

/** Names and shapes of arrays, whatever holds the values. */
export type UpstreamShapes = ReadonlyMap<string, { readonly shape: readonly number[] }>;

/**
 * Whether a generator of a configuration can be made of arrays, told from their names and shapes alone: nothing is
 * computed, and no value need be read.
 *
 * @throws as {@link importState}
 */
export function checkGeneratorState(
  config: GeneratorConfig,
  arrays: UpstreamShapes,
  where = 'checkGeneratorState',
): void {
  checkState({ layers: layersOf(config, 'none'), config }, arrays, where);
}

function checkState(
  { layers, config }: { readonly layers: readonly LayerSpec[]; readonly config?: GeneratorConfig },
  arrays: UpstreamShapes,
  where: string,
): void {
  const missing: string[] = [];
  const misshapen: string[] = [];
  const used = new Set<string>();
  for (const [spec, name] of layers.flatMap((layer) => [...storedForm(layer, arrays)])) {
    const array = arrays.get(name);
    if (!array) {
      missing.push(name);
      continue;
    }
    used.add(name);
    const shape = upstreamShape(spec);
    if (shape.join() !== array.shape.join()) {
      misshapen.push(`${name} [${array.shape}] instead of [${shape}]`);
    }
  }
  const extra = [...arrays.keys()].filter((name) => !used.has(name));
  if (missing.length + extra.length + misshapen.length === 0) return;
  if (config && isTrainingHalf(arrays)) {
    throw new Error(
      `${where}: must be a generator, but holds the discriminators and the optimizers (the do_… half of a checkpoint); use the g_… file of the same number`,
    );
  }
  const differences = config ? configDifferences(config, arrays) : [];
  throw new StateError(where, { missing, extra, misshapen }, differences);
}

function floats(data: ArrayLike<number> | BigInt64Array): Float32Array {
  return data instanceof Float32Array ? data : Float32Array.from<number | bigint>(data, Number);
}

/** An array of a layer from what was read of it, by role; both in our layout. */
function converted(spec: ArraySpec, read: ReadonlyMap<string, Float32Array>): Float32Array {
  const [, , channels] = spec.layer.filterShape;
  const filter = read.get('filter')!;
  const magnitude = read.get('magnitude');
  if (spec.role === 'magnitude') return magnitude ?? magnitudes(filter, channels);
  if (spec.role === 'filter' && spec.layer.norm === 'none' && magnitude) {
    const norms = magnitudes(filter, channels);
    return filter.map((value, i) => (value * magnitude[i % channels]) / norms[i % channels]);
  }
  return read.get(spec.role)!;
}
