import type { MelStatistics } from '@hifigan/audio';
import {
  FormatError,
  type NamedArrays,
  readSafetensors,
  writeSafetensors,
} from '@hifigan/checkpoint';
import { type HifiGanConfig, readConfig } from '@hifigan/config';
import { readCard, type VoiceCard } from './card.js';
import { joinStatistics, splitStatistics } from './mel-statistics.js';

/** All that makes a vocoder. */
export interface Bundle {
  readonly config: HifiGanConfig;
  /** The generator in PyTorch's layout by upstream's names, with weight norm or without. */
  readonly weights: NamedArrays;
  /** What mels are normalised with before the generator takes them. */
  readonly statistics?: MelStatistics;
  readonly card?: VoiceCard;
  /** What the file of the weights says of itself, such as `steps`. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** What is odd, but can be used. */
  readonly notices: readonly string[];
}

/** A bundle as files; where they come from is the caller's business. */
export interface BundleFiles {
  /** `config.json`, text. */
  readonly config: string;
  /** `generator.safetensors`, bytes. */
  readonly generator: Uint8Array;
  /** `card.json`, text. */
  readonly card?: string;
}

/** The names of a bundle's files in its folder. */
export const bundleFileNames = {
  config: 'config.json',
  generator: 'generator.safetensors',
  card: 'card.json',
} as const;

/** What to call the files in errors; their plain names where left out. */
export type BundlePlaces = Readonly<Partial<Record<keyof BundleFiles, string>>>;

/**
 * Reads a bundle.
 *
 * @throws ConfigError, FormatError or Error naming the file that cannot be used
 */
export function readBundle(files: BundleFiles, places: BundlePlaces = {}): Bundle {
  const where = { ...bundleFileNames, ...places };
  const { config, unknownKeys, defaultedKeys, notices } = readConfig(files.config, where.config);
  const { arrays, metadata } = readSafetensors(files.generator, where.generator);
  for (const [name, { data }] of arrays) checkFinite(name, data, where.generator);
  return {
    config,
    ...splitStatistics(arrays, config.num_mels, where.generator),
    metadata,
    card: files.card === undefined ? undefined : readCard(files.card, where.card),
    notices: [
      ...notices,
      ...(unknownKeys.length > 0
        ? [`${where.config}: unknown keys: ${unknownKeys.join(', ')}`]
        : []),
      ...(defaultedKeys.length > 0
        ? [`${where.config}: missing keys take V1's values: ${defaultedKeys.join(', ')}`]
        : []),
    ],
  };
}

/**
 * The files of a bundle.
 *
 * @param precision float16 halves the size; the sound differs by less than 16-bit audio can show
 */
export function writeBundle(
  { config, weights, statistics, card }: Omit<Bundle, 'notices'>,
  { precision = 'float32' }: { readonly precision?: 'float16' | 'float32' } = {},
): BundleFiles {
  return {
    config: `${JSON.stringify(config, null, 4)}\n`,
    generator: writeSafetensors(
      joinStatistics(weights, statistics),
      { format: 'pt' },
      { float16: precision === 'float16' },
    ),
    ...(card && { card: `${JSON.stringify({ ...card, precision }, null, 2)}\n` }),
  };
}

function checkFinite(name: string, data: ArrayLike<number> | BigInt64Array, where: string): void {
  if (data instanceof BigInt64Array) return;
  for (let i = 0; i < data.length; i++) {
    if (!Number.isFinite(data[i])) {
      throw new FormatError(
        `${where}: ${name} holds ${data[i]} and must hold numbers, because the sound would be none; take an earlier checkpoint`,
      );
    }
  }
}
