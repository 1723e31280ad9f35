import type { GeneratorConfig } from './generator-config.js';

/** Names and shapes of arrays, whatever holds the values. */
export type ArrayShapes = ReadonlyMap<string, { readonly shape: readonly number[] }>;

/**
 * The keys of a configuration that a generator's arrays contradict, as far as their names and shapes tell: not the
 * rates themselves, nor the dilations, which no shape shows.
 *
 * @param arrays by upstream's names, in PyTorch's layout
 * @returns a line a key, `num_mels: 40 in the weights, 80 in the configuration`; none where these are no generator's
 */
export function configDifferences(config: GeneratorConfig, arrays: ArrayShapes): string[] {
  const facts = shapeFacts(arrays);
  if (!facts) return [];
  const { channels, mels, kernels, kind, total, blockKernels, dilations } = facts;
  const stages = kernels.length;
  const lengths = config.resblock_dilation_sizes.map(({ length }) => length);

  const differences: string[] = [];
  const compare = (key: string, theirs: unknown, ours: unknown) => {
    const [weights, configuration] = [theirs, ours].map((value) => JSON.stringify(value));
    if (weights === configuration) return;
    differences.push(`${key}: ${weights} in the weights, ${configuration} in the configuration`);
  };
  compare('num_mels', mels, config.num_mels);
  compare('upsample_initial_channel', channels, config.upsample_initial_channel);
  if (stages !== config.upsample_rates.length) {
    compare('upsample_rates (how many)', stages, config.upsample_rates.length);
  }
  compare('upsample_kernel_sizes', kernels, config.upsample_kernel_sizes);
  if (total === 0) return differences;
  compare('resblock', kind, config.resblock);
  compare('resblock_kernel_sizes', blockKernels, config.resblock_kernel_sizes);
  compare('resblock_dilation_sizes (how many each)', dilations, lengths);
  return differences;
}

/** What names and shapes tell of a generator; undefined where they are none's. */
export function shapeFacts(arrays: ArrayShapes) {
  const [channels, mels] = filterShape(arrays, 'conv_pre') ?? [];
  if (channels === undefined || mels === undefined) return undefined;
  const stages = countWhile((stage) => filterShape(arrays, `ups.${stage}`) !== undefined);
  const kernels = range(stages).map((stage) => filterShape(arrays, `ups.${stage}`)![2]);
  const kind: GeneratorConfig['resblock'] = hasLayer(arrays, 'resblocks.0.convs1.0') ? '1' : '2';
  const convolutions = kind === '1' ? 'convs1' : 'convs';
  const layer = (block: number, i: number) => `resblocks.${block}.${convolutions}.${i}`;
  /** Blocks of all stages. */
  const total = countWhile((block) => hasLayer(arrays, layer(block, 0)));
  const blocks = stages > 0 ? range(Math.floor(total / stages)) : [];
  const blockKernels = blocks.map((block) => filterShape(arrays, layer(block, 0))![2]);
  /** How many each block of a stage has. */
  const dilations = blocks.map((block) => countWhile((i) => hasLayer(arrays, layer(block, i))));
  return { channels, mels, kernels, kind, total, blockKernels, dilations };
}

/** Whether these are what a training keeps beside the generator: upstream's `do_…`. */
export function isTrainingHalf(arrays: ArrayShapes): boolean {
  const names = [...arrays.keys()];
  return names.length > 0 && names.every((name) => /^(mpd|msd|optim_[gd])\./.test(name));
}

const FILTERS = ['weight_v', 'parametrizations.weight.original1', 'weight'];

/** `[out, in, kernel]`, of a transposed convolution `[in, out, kernel]`. */
function filterShape(arrays: ArrayShapes, layer: string): readonly number[] | undefined {
  const name = FILTERS.find((suffix) => arrays.has(`${layer}.${suffix}`));
  const shape = name === undefined ? undefined : arrays.get(`${layer}.${name}`)?.shape;
  return shape?.length === 3 ? shape : undefined;
}

function hasLayer(arrays: ArrayShapes, layer: string): boolean {
  return filterShape(arrays, layer) !== undefined;
}

function countWhile(holds: (index: number) => boolean): number {
  let count = 0;
  while (holds(count)) count++;
  return count;
}

function range(length: number): number[] {
  return Array.from({ length }, (_, i) => i);
}
