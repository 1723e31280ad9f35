import type { MelProfile, MelStatistics } from '@hifigan/audio';
import type { NamedArrays } from '@hifigan/checkpoint';
import { type HifiGanConfig, presets, readConfig } from '@hifigan/config';
import { type Layout, type ReadFacts, readFacts, toUpstreamLayout } from '@hifigan/models';
import { checkFinite } from '../check-finite.js';
import { checkStatistics, floatsOf } from '../mel-statistics.js';
import { readMelStatistics } from '../read-mel-statistics.js';
import { ForeignError } from './foreign-error.js';
import type { ForeignFiles } from './foreign-files.js';
import { foreignMel } from './foreign-mel.js';
import { openWeights, readAll } from './open-weights.js';
import { parseConfig } from './parse-config.js';
import {
  type ForeignChoice,
  placeOf,
  type RecognizedForeign,
  recognizeForeign,
} from './recognize-foreign.js';
import { transformersFeatures } from './transformers-features.js';

/** A generator of another program, as ours. */
export interface ForeignGenerator {
  readonly config: HifiGanConfig;
  /** By the reference's names, in PyTorch's layout, with weight norm or without. */
  readonly state: NamedArrays;
  /** What mels are normalised with before the generator takes them. */
  readonly statistics?: MelStatistics;
  /** The mel that it was trained on, before the statistics. */
  readonly profile: MelProfile;
  readonly layout: Layout;
  /** Names of the files that were read. */
  readonly files: { readonly config: string; readonly weights: string };
  readonly metadata: Readonly<Record<string, string>>;
  /** What is odd or was supposed, but can be used. */
  readonly notices: readonly string[];
}

/**
 * Reads a generator of the reference, transformers, ParallelWaveGAN, ESPnet, Coqui TTS or NeMo.
 *
 * @param files a model's folder, or some files of it
 * @throws ForeignError where it is none of these; LayoutError where it is configured as ours cannot be; StateError
 * with all arrays that are missing, extra or misshapen; ConfigError, FormatError where a file is damaged
 */
export async function readForeign(
  files: ForeignFiles,
  choice: ForeignChoice = {},
): Promise<ForeignGenerator> {
  const recognized = await recognizeForeign(files, choice);
  if (!recognized) {
    throw new ForeignError(
      `${choice.where || 'files'}: must have the configuration of a HiFi-GAN generator among them (the reference's, transformers', ParallelWaveGAN's, ESPnet's, Coqui's or NeMo's), because the model is built after it; copy it there. Here are: ${files.names.slice(0, 20).join(', ')}`,
    );
  }
  return readRecognized(recognized, choice.where);
}

/** Reads what {@link recognizeForeign} has found. */
export async function readRecognized(
  recognized: RecognizedForeign,
  where = '',
): Promise<ForeignGenerator> {
  const { layout, source, files } = recognized;
  const name = recognized.weights;
  if (name === undefined) {
    throw new ForeignError(
      `${where || 'files'}: must hold weights beside the configuration of ${layout.description}, because that alone speaks not; name the file of the weights`,
    );
  }
  const places = { config: placeOf(where, recognized.config), weights: placeOf(where, name) };
  const { facts, given } = await factsOf(recognized, where, places.config);
  const config = completed(facts.config, places.config);
  const opened = await openWeights(files, name, source, places.weights);
  refuseOthers(opened.arrays, layout, places.weights);
  const weights = { ...opened, arrays: await readAll(ofGenerator(opened.arrays, layout)) };
  const placed = toUpstreamLayout(weights.arrays, layout, {
    config,
    where: places.weights,
    withoutBias: facts.withoutBias,
  });
  checkFinite(placed.state, places.weights);
  const mel = foreignMel(layout.name, config, given);
  const normalises = facts.normalises || mel.profile.normalisation?.kind === 'statistics';
  const found: FoundStatistics | undefined = mel.statistics
    ? { statistics: mel.statistics, place: places.config }
    : normalises
      ? await statisticsOf(recognized, weights, placed.prefix, { where, place: places.weights })
      : undefined;
  if (found) checkStatistics(found.statistics, config.num_mels, found.place);
  const statistics = found?.statistics;
  // What is normalised here comes in as it was before.
  const { normalisation, ...plain } = mel.profile;
  const profile = statistics && normalisation?.kind === 'statistics' ? plain : mel.profile;
  return {
    config,
    state: placed.state,
    statistics,
    profile,
    layout,
    files: { config: recognized.config, weights: name },
    metadata: weights.metadata,
    notices: [
      ...noticesOf(facts, config, layout, places.config),
      ...mel.odd.map((one) => `${places.config}: ${one}`),
      ...(normalises && !statistics
        ? [`${places.weights}: ${missingStatistics(layout.name)}`]
        : []),
    ],
  };
}

/** The configuration in our keys, and as it was, with what else in the folder tells of the mel. */
async function factsOf(
  { layout, files, facts }: RecognizedForeign,
  where: string,
  place: string,
): Promise<{ readonly facts: ReadFacts; readonly given: unknown }> {
  const name = 'preprocessor_config.json';
  if (layout.name !== 'transformers' || !files.names.includes(name)) {
    return { facts: readFacts(facts, layout, place), given: facts };
  }
  const preprocessor = await parseConfig(await files.read(name), name, placeOf(where, name));
  const given = { ...(facts as object), features: transformersFeatures(preprocessor) };
  return { facts: readFacts(given, layout, place), given };
}

/** A whole configuration, checked; what only training reads is V1's. */
function completed(facts: ReadFacts['config'], where: string): HifiGanConfig {
  const { hop_size: hop, n_fft: size } = facts;
  const segment = Math.max(presets.v1.segment_size, size);
  const whole = {
    ...presets.v1,
    num_freq: size / 2 + 1,
    segment_size: Math.ceil(segment / hop) * hop,
    fmax_for_loss: null,
    ...facts,
  };
  return readConfig(whole, where).config;
}

/** @throws ForeignError where the weights are of a model whose generator takes no mels */
function refuseOthers(
  arrays: ReadonlyMap<string, unknown>,
  { notGenerators = [] }: Layout,
  where: string,
): void {
  for (const { prefix, what } of notGenerators) {
    const found = [...arrays.keys()].some((name) =>
      name.replace(/^module\./, '').startsWith(prefix),
    );
    if (!found) continue;
    throw new ForeignError(
      `${where}: must hold a generator that takes mels, because that is what a vocoder is, but holds ${what} (${prefix}…); take a vocoder of its own`,
    );
  }
}

/** What a model without its statistics comes to, and where they are to be had. */
function missingStatistics(layout: Layout['name']): string {
  const from =
    layout === 'coqui'
      ? ', of scale_stats.npy in Python: s = numpy.load(path, allow_pickle=True).item(); numpy.save("stats.npy", numpy.stack([s["mel_mean"], s["mel_std"]]))'
      : '';
  return `its model normalises mels, but their mean and scale are not there (stats.h5 or stats.npy, beside the weights): it speaks right only of mels that are normalised already; put them there${from}`;
}

interface FoundStatistics {
  readonly statistics: MelStatistics;
  /** The file that they are from, for errors. */
  readonly place: string;
}

/** Among the weights, or in a file beside them. */
async function statisticsOf(
  { layout, files }: RecognizedForeign,
  { arrays }: { readonly arrays: NamedArrays },
  prefix: string,
  { where, place }: { readonly where: string; readonly place: string },
): Promise<FoundStatistics | undefined> {
  const { mean = '', scale = '' } = layout.statistics ?? {};
  const values = [mean, scale].map((name) => {
    const array = arrays.get(name.replace('{prefix}', prefix));
    return array && floatsOf(array);
  });
  const [means, scales] = values;
  if (means && scales) return { statistics: { mean: means, scale: scales }, place };
  const beside = ['stats.h5', 'stats.npy'].find((name) => files.names.includes(name));
  if (beside === undefined) return undefined;
  const there = placeOf(where, beside);
  return { statistics: await readMelStatistics(await files.read(beside), there), place: there };
}

/**
 * Leaves out what a model has around its generator, so that it is not read: arrays before whose names none of the
 * layout's prefixes stands. Where the generator may stand at the root, all may be of it.
 */
function ofGenerator<Stored>(
  arrays: ReadonlyMap<string, Stored>,
  { prefixes, statistics }: Layout,
): ReadonlyMap<string, Stored> {
  const wanted = [statistics?.mean, statistics?.scale];
  const named = prefixes.filter((prefix) => prefix !== '');
  const found = named.find((prefix) => [...arrays.keys()].some((name) => name.startsWith(prefix)));
  if (found === undefined) return arrays;
  return new Map(
    [...arrays].filter(
      ([name]) =>
        named.some((prefix) => name.startsWith(prefix)) ||
        wanted.includes(name) ||
        // Beside a prefix that only a whole model has, nothing at the root is the generator's.
        !isOfWholeModel(name),
    ),
  );
}

/** Discriminators and acoustic models, which lie beside a generator that has a prefix. */
function isOfWholeModel(name: string): boolean {
  return /^(module\.)?(mpd|msd|model_d|discriminator|tts\.discriminator)\./.test(name);
}

function noticesOf(
  { supposed }: ReadFacts,
  config: HifiGanConfig,
  { description, facts }: Layout,
  where: string,
): string[] {
  const odd = config.upsample_rates.filter(
    (rate, stage) => (config.upsample_kernel_sizes[stage] - rate) % 2 !== 0,
  );
  return [
    ...(supposed.length > 0
      ? [
          `${where}: does not say ${supposed.map((key) => `${key} (${config[key]} is taken)`).join(', ')}: that matters for mels of recordings alone`,
        ]
      : []),
    ...(facts.extraSample && odd.length > 0
      ? [
          `${where}: kernels less rates are odd, where ${description} makes a sample more than its rate a stage: here they are as long as the mel, and begin some samples later`,
        ]
      : []),
  ];
}
