import {
  type NamedArrays,
  OrderedDict,
  safetensorsPieces,
  torchPieces,
  type WriteTorchOptions,
} from '@hifigan/checkpoint';
import type { HifiGanConfig } from '@hifigan/config';
import { fromUpstreamLayout, layouts, normedArrays } from '@hifigan/models';
import type { FileBytes } from '@hifigan/train/node';
import { type Bundle, foldBundle } from '@hifigan/vocoder';
import { UserError } from '../errors.js';
import { refuseStatistics } from './refuse-statistics.js';

/** What a model can be turned into. */
export const TARGETS = ['bundle', 'safetensors', 'reference', 'torch', 'transformers'] as const;

export type Target = (typeof TARGETS)[number];

/** The reference pins PyTorch 1.4, which reads the legacy layout alone; every later one reads both. */
export const TORCH_LAYOUTS = {
  reference: { layout: 'legacy' },
  torch: { layout: 'zip' },
} as const satisfies Partial<Record<Target, WriteTorchOptions>>;

/** Files that are to be written. */
export interface PlannedFiles {
  /** In the order in which they take their names; pieces are made as they are written. */
  readonly files: readonly { readonly name: string; readonly bytes: FileBytes }[];
  /**
   * Reads them again as their users will.
   *
   * @param places where a file lies, by its name
   * @throws Error where they are not what they were made of
   */
  readonly check: (places: (name: string) => string) => Promise<void>;
}

/**
 * Which of the files shows that a folder of that name is such a model; the others are files with config.json beside.
 */
export const FOLDERS: Readonly<Partial<Record<Target, string>>> = {
  bundle: 'generator.safetensors',
  transformers: 'model.safetensors',
};

/**
 * The files of a model in the format of another program, or its weights alone in ours. Uses the tfjs backend that is
 * set.
 *
 * @param name of the file of weights, where the target is one
 * @throws UserError where the format has no place for something of it, RangeError or StateError where it cannot be made
 */
export async function targetFiles(
  bundle: Bundle,
  target: Exclude<Target, 'bundle'>,
  name: string,
): Promise<PlannedFiles['files']> {
  const { config, metadata = {} } = bundle;
  switch (target) {
    case 'safetensors': {
      refuseStatistics(bundle, `--to ${target}`);
      const { steps } = metadata;
      // Told apart from those of our training, which count from 0, by its format.
      const about = { format: 'pt', ...(steps !== undefined && { steps }) };
      const weights = safetensorsPieces(normed(bundle), about);
      return [
        { name: 'config.json', bytes: configText(config) },
        { name, bytes: weights },
      ];
    }
    case 'reference':
    case 'torch': {
      refuseStatistics(bundle, `--to ${target}`);
      const generator = new OrderedDict(normed(bundle));
      return [
        { name: 'config.json', bytes: configText(config) },
        { name, bytes: torchPieces(new Map([['generator', generator]]), TORCH_LAYOUTS[target]) },
      ];
    }
    case 'transformers':
      return transformersFiles(bundle);
  }
}

/** The reference builds its network with weight norm before it loads. */
function normed({ config, weights }: Bundle): NamedArrays {
  return normedArrays(config, weights, 'weights');
}

/** SpeechT5HifiGan: weight norm multiplied out, statistics among the weights, used or not. */
async function transformersFiles(bundle: Bundle): Promise<PlannedFiles['files']> {
  const { config, statistics } = bundle;
  if (config.resblock !== '1') {
    throw new UserError(
      `--to transformers: resblock="${config.resblock}" must be "1", because transformers has no other residual block; choose another format`,
    );
  }
  const odd = config.upsample_rates.findIndex(
    (rate, stage) => (config.upsample_kernel_sizes[stage] - rate) % 2 !== 0,
  );
  if (odd >= 0) {
    throw new UserError(
      `--to transformers: upsample_kernel_sizes[${odd}] less upsample_rates[${odd}] must be even, because transformers makes a sample too many otherwise; choose another format`,
    );
  }
  const { weights } = await foldBundle(bundle);
  const state = fromUpstreamLayout(
    weights as Parameters<typeof fromUpstreamLayout>[0],
    layouts.transformers,
    config,
  );
  const values = (of: ArrayLike<number> | undefined, otherwise: number) => ({
    shape: [config.num_mels],
    data: of ? Float32Array.from(of) : new Float32Array(config.num_mels).fill(otherwise),
  });
  state.set('mean', values(statistics?.mean, 0));
  state.set('scale', values(statistics?.scale, 1));
  const about = transformersConfig(config, statistics !== undefined);
  return [
    { name: 'config.json', bytes: `${JSON.stringify(about, null, 2)}\n` },
    { name: 'model.safetensors', bytes: safetensorsPieces(state, { format: 'pt' }) },
  ];
}

function transformersConfig(config: HifiGanConfig, normalizeBefore: boolean): object {
  return {
    architectures: ['SpeechT5HifiGan'],
    initializer_range: 0.01,
    leaky_relu_slope: 0.1,
    model_in_dim: config.num_mels,
    model_type: 'speecht5_hifigan',
    normalize_before: normalizeBefore,
    resblock_dilation_sizes: config.resblock_dilation_sizes,
    resblock_kernel_sizes: config.resblock_kernel_sizes,
    sampling_rate: config.sampling_rate,
    torch_dtype: 'float32',
    upsample_initial_channel: config.upsample_initial_channel,
    upsample_kernel_sizes: config.upsample_kernel_sizes,
    upsample_rates: config.upsample_rates,
  };
}

export function configText(config: HifiGanConfig): string {
  return `${JSON.stringify(config, null, 4)}\n`;
}
