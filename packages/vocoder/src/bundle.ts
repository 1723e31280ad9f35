import { type MelProfile, type MelStatistics, profileOfConfig } from '@hifigan/audio';
import { type NamedArrays, readSafetensors, writeSafetensors } from '@hifigan/checkpoint';
import { type HifiGanConfig, readConfig } from '@hifigan/config';
import { BundleError } from './bundle-error.js';
import { type BundleFiles, type BundlePlaces, bundleFileNames } from './bundle-files.js';
import { readCard, type VoiceCard } from './card.js';
import { checkFinite } from './check-finite.js';
import type { Golden } from './golden.js';
import { type BundleManifest, readManifest, type WeightsPrecision } from './manifest.js';
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
  /** The mel that it speaks, before the statistics; that of HiFi-GAN with its configuration where left out. */
  readonly profile?: MelProfile;
  /** What `bundle.json` says; bundles of format 1, and weights that are no bundle, have none. */
  readonly manifest?: BundleManifest;
  /** Whether the files are known to be those that were packed. */
  readonly filesChecked?: boolean;
  /** Reads the input and the output that the bundle proves itself by. @throws as `openBundle` does */
  readonly golden?: () => Promise<Golden>;
  /** What is odd, but can be used. */
  readonly notices: readonly string[];
}

/** The mel that a bundle speaks, before its statistics. */
export function profileOf({ profile, config }: Pick<Bundle, 'config' | 'profile'>): MelProfile {
  return profile ?? profileOfConfig(config);
}

/** How {@link readBundle} reads. */
export interface ReadBundleOptions {
  /**
   * Whether the configuration says what the mel is where it and the manifest differ, as where it was edited and the
   * bundle is packed anew; what only the manifest tells (logarithm, framing, normalisation) stays.
   */
  readonly configCounts?: boolean;
}

/**
 * Reads a bundle. Whether the files are those that were packed, only `openBundle` looks.
 *
 * @throws ConfigError, FormatError, BundleError or Error naming the file that cannot be used
 */
export function readBundle(
  files: BundleFiles,
  places: BundlePlaces = {},
  { configCounts = false }: ReadBundleOptions = {},
): Bundle {
  const where = { ...bundleFileNames, ...places };
  const manifest =
    files.manifest === undefined ? undefined : readManifest(files.manifest, where.manifest);
  const { config, unknownKeys, defaultedKeys, notices } = readConfig(files.config, where.config);
  if (manifest && !configCounts) checkProfile(manifest.mel, config, where);
  const profile = manifest && (configCounts ? withConfig(manifest.mel, config) : manifest.mel);
  const { arrays, metadata } = readSafetensors(files.generator, where.generator);
  checkFinite(arrays, where.generator);
  const card = files.card === undefined ? undefined : readCard(files.card, where.card);
  return {
    config,
    ...splitStatistics(arrays, config.num_mels, where.generator),
    metadata,
    card,
    ...(manifest && { profile, manifest }),
    notices: [
      ...notices,
      ...(unknownKeys.length > 0
        ? [`${where.config}: unknown keys: ${unknownKeys.join(', ')}`]
        : []),
      ...(defaultedKeys.length > 0
        ? [`${where.config}: missing keys take V1's values: ${defaultedKeys.join(', ')}`]
        : []),
      ...(manifest && card?.licence === undefined ? [unlicensed(where.card)] : []),
    ],
  };
}

/** What to tell of a bundle whose card has no licence. */
function unlicensed(where: string): string {
  return `${where}: names no licence, and must, because whoever gets the voice has to know what they may do with it; add one: hifigan pack BUNDLE -o BUNDLE --licence ID --force`;
}

/** Both say what the mels are; where they differ, one of them is another model's. */
function checkProfile(
  profile: MelProfile,
  config: HifiGanConfig,
  where: { readonly manifest: string; readonly config: string },
): void {
  const own = profileOfConfig(config);
  const half = config.sampling_rate / 2;
  const differing = SHARED.filter((key) => (profile[key] ?? half) !== (own[key] ?? half)).map(
    (key) => `mel.${key}=${profile[key]} must be ${own[key]}, as in ${where.config}`,
  );
  if (differing.length === 0) return;
  throw new BundleError(where.manifest, [
    ...differing.map(
      (problem) => `${problem}, because the model learned from such mels; pack the bundle anew`,
    ),
  ]);
}

/** A profile of which all that a configuration says is the configuration's. */
function withConfig(profile: MelProfile, config: HifiGanConfig): MelProfile {
  const own = profileOfConfig(config);
  return { ...profile, ...Object.fromEntries(SHARED.map((key) => [key, own[key]])) };
}

const SHARED = [
  'samplingRate',
  'hopSize',
  'mels',
  'fftSize',
  'windowSize',
  'fmin',
  'fmax',
] as const;

/**
 * The files of a bundle that states nothing of itself: what `packBundle` seals.
 *
 * @param precision float16 halves the size; the sound differs by less than 16-bit audio can show
 */
export function writeBundle(
  { config, weights, statistics, card }: Omit<Bundle, 'notices'>,
  { precision = 'float32' }: { readonly precision?: WeightsPrecision } = {},
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
