import { configDifferences } from '../config-differences.js';
import type { GeneratorConfig } from '../generator-config.js';
import { layersOf } from '../generator-layers.js';
import type { LayerSpec } from '../layer-spec.js';
import type { UpstreamArrays } from '../state-border.js';
import { StateError } from '../state-error.js';
import { storedForm } from '../stored-form.js';
import { type UpstreamArray, upstreamShape } from '../upstream-layout.js';
import type { Layout, Module } from './layout.js';
import { moduleOf, namesOf } from './module-names.js';
import { type FactPaths, inTheirKeys } from './read-facts.js';
import { recognizeLayout } from './recognize-layout.js';

export interface PlaceOptions {
  readonly config: GeneratorConfig;
  /** What is loaded, for the message. */
  readonly where?: string;
  /** Modules whose biases are absent, and zero. */
  readonly withoutBias?: readonly Module[];
  /** What the configuration is called, and its keys, in errors: {@link ReadFacts.paths}. */
  readonly configuration?: { readonly where: string; readonly paths: FactPaths };
}

export interface PlacedArrays {
  /** By upstream's names, in PyTorch's layout: what `importState` takes. */
  readonly state: Map<string, UpstreamArray>;
  /** What stands before the names of the generator. */
  readonly prefix: string;
}

/** Where an array of upstream's is in a file. */
export interface Place<Stored> {
  readonly shape: readonly number[];
  /** Its name there, and what is there; absent: a bias that is zero. */
  readonly found?: { readonly name: string; readonly array: Stored };
}

export interface Places<Stored> {
  /** By upstream's names, in upstream's order. */
  readonly places: ReadonlyMap<string, Place<Stored>>;
  /** What stands before the names of the generator. */
  readonly prefix: string;
}

/**
 * A generator's arrays under upstream's names. Weight norm stays as it is, in either spelling or multiplied out, each
 * layer by itself; a `module.` of DistributedDataParallel before all names is taken away.
 *
 * @param arrays by the layout's names; what is beside the generator is left out
 * @throws StateError with every missing, extra and misshapen array by its name in the file, and with the keys of the
 * configuration that differ
 */
export function toUpstreamLayout(
  arrays: UpstreamArrays,
  layout: Layout,
  options: PlaceOptions,
): PlacedArrays {
  const { places, prefix } = placesIn(arrays, layout, options);
  const state = new Map<string, UpstreamArray>();
  for (const [name, { shape, found }] of places) {
    state.set(name, { shape, data: found ? floats(found.array.data) : zeros(shape) });
  }
  return { state, prefix };
}

/**
 * Where {@link toUpstreamLayout} takes what from, by names and shapes alone: no value need be read.
 *
 * @throws as {@link toUpstreamLayout}
 */
export function placesIn<Stored extends { readonly shape: readonly number[] }>(
  arrays: ReadonlyMap<string, Stored>,
  layout: Layout,
  { config, where = layout.name, withoutBias = [], configuration }: PlaceOptions,
): Places<Stored> {
  // Of a layer that is missing altogether, what others have is missing.
  const normed = [...arrays.keys()].some((name) => /\.(weight_g|original0)$/.test(name));
  const layers = layersOf(config, normed ? 'weight' : 'none');
  const names = (layer: LayerSpec, prefix: string) =>
    namesOf(layout, layer.name, config.resblock_kernel_sizes.length).map((name) => prefix + name);
  const prefix = prefixOf(arrays, layout, (from) => layers.flatMap((layer) => names(layer, from)));
  const problems = {
    missing: [] as string[],
    extra: [] as string[],
    misshapen: [] as string[],
  };
  const used = new Set<string>();
  const places = new Map<string, Place<Stored>>();
  /** All that fits by name, whatever its shape: it tells what configuration it is of. */
  const found = new Map<string, Stored>();

  for (const layer of layers) {
    const spellings = names(layer, prefix);
    const theirs = spellings.find((name) => isStored(name, arrays)) ?? spellings[0];
    if (theirs === undefined) {
      problems.missing.push(`${layer.name} (of which ${layout.description} has none)`);
      continue;
    }
    for (const [spec, name] of storedForm({ ...layer, name: theirs }, arrays)) {
      const ours = layer.name + name.slice(theirs.length);
      const shape = upstreamShape(spec);
      const array = arrays.get(name);
      if (!array) {
        if (spec.role === 'bias' && withoutBias.includes(moduleOf(layer.name))) {
          places.set(ours, { shape });
        } else problems.missing.push(name);
        continue;
      }
      used.add(name);
      found.set(ours, array);
      if (shape.join() !== array.shape.join()) {
        problems.misshapen.push(`${name} [${array.shape}] instead of [${shape}]`);
      } else places.set(ours, { shape, found: { name, array } });
    }
  }
  for (const name of arrays.keys()) {
    if (used.has(name) || !name.startsWith(prefix)) continue;
    const rest = name.slice(prefix.length);
    if (!layout.beside.some((beginning) => rest.startsWith(beginning))) problems.extra.push(name);
  }
  if (Object.values(problems).some((list) => list.length > 0)) {
    // By names alone, since another kind of blocks calls the same array otherwise.
    const there = recognizeLayout(arrays)?.arrays ?? found;
    const differences = configDifferences(config, there);
    if (!configuration) throw new StateError(where, problems, differences);
    const named = differences.map((one) => inTheirKeys(one, configuration.paths));
    throw new StateError(where, problems, named, configuration.where);
  }
  return { places, prefix };
}

/** Under which prefix most of the layers are; of several the first that the layout names. */
function prefixOf(
  arrays: ArrayNames,
  layout: Layout,
  namesFrom: (prefix: string) => readonly string[],
): string {
  const prefixes = ['', 'module.'].flatMap((outer) =>
    layout.prefixes.map((prefix) => outer + prefix),
  );
  const counts = prefixes.map(
    (prefix) => namesFrom(prefix).filter((name) => isStored(name, arrays)).length,
  );
  return prefixes[counts.indexOf(Math.max(...counts))];
}

type ArrayNames = Pick<ReadonlyMap<string, unknown>, 'has'>;

function isStored(layer: string, arrays: ArrayNames): boolean {
  return ['weight', 'weight_v', 'parametrizations.weight.original1', 'bias'].some((suffix) =>
    arrays.has(`${layer}.${suffix}`),
  );
}

function zeros(shape: readonly number[]): Float32Array {
  return new Float32Array(shape.reduce((product, length) => product * length, 1));
}

function floats(data: ArrayLike<number> | BigInt64Array): Float32Array {
  return data instanceof Float32Array ? data : Float32Array.from<number | bigint>(data, Number);
}
