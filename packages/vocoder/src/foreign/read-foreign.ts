import type { MelProfile, MelStatistics } from '@hifigan/audio';
import {
  type NamedArray,
  type NamedArrays,
  readArray,
  type StoredArray,
} from '@hifigan/checkpoint';
import { ConfigError, type HifiGanConfig, presets, readConfig } from '@hifigan/config';
import {
  inTheirKeys,
  type Layout,
  type Places,
  placesIn,
  type ReadFacts,
  readFacts,
} from '@hifigan/models';
import { checkFinite } from '../check-finite.js';
import { checkStatistics, floatsOf } from '../mel-statistics.js';
import { readMelStatistics } from '../read-mel-statistics.js';
import { ForeignError } from './foreign-error.js';
import type { ForeignFiles } from './foreign-files.js';
import { type ForeignMel, foreignMel } from './foreign-mel.js';
import { openWeights } from './open-weights.js';
import { parseConfig } from './parse-config.js';
import {
  type ForeignChoice,
  placeOf,
  type RecognizedForeign,
  recognizeForeign,
} from './recognize-foreign.js';
import { inPreprocessor, PREPROCESSOR, transformersFeatures } from './transformers-features.js';

/** A generator of another program, as ours. */
export interface ForeignGenerator {
  readonly config: HifiGanConfig;
  /** By the reference's names, in PyTorch's layout, with weight norm or without. */
  readonly state: NamedArrays;
  /** What mels are normalised with before the generator takes them. */
  readonly statistics?: MelStatistics;
  /** Whether its program normalises them so, and what names the statistics, or would: files that were looked for. */
  readonly normalisation: { readonly isWanted: boolean; readonly from: readonly string[] };
  /** The mel that it was trained on, before the statistics. */
  readonly profile: MelProfile;
  readonly layout: Layout;
  /** Names of the files that were read. */
  readonly files: { readonly config: string; readonly weights: string };
  readonly metadata: Readonly<Record<string, string>>;
  /** What is odd or was supposed, but can be used. */
  readonly notices: readonly string[];
  /** Types of the generator's arrays in the file, as it spells them: `F32`, or `float16` of PyTorch's. */
  readonly types: readonly string[];
  /** Names of arrays with values that are no numbers, where those were not refused. */
  readonly notFinite: readonly string[];
}

/** How {@link readRecognized} reads. */
export interface ReadRecognizedOptions {
  /** Whether weights that are no numbers are refused, as nothing can be spoken with them, or told. */
  readonly notFinite?: 'refuse' | 'tell';
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
      `${choice.where || 'files'}: must have the configuration of a HiFi-GAN generator among them (the reference's, transformers', ParallelWaveGAN's, ESPnet's, Coqui's or NeMo's), because the model is built after it; give it along with them. Here are: ${files.names.slice(0, 20).join(', ')}`,
    );
  }
  return readRecognized(recognized, choice.where);
}

/** Reads what {@link recognizeForeign} has found. */
export async function readRecognized(
  recognized: RecognizedForeign,
  folder = '',
  { notFinite = 'refuse' }: ReadRecognizedOptions = {},
): Promise<ForeignGenerator> {
  const { layout, source, files, archive } = recognized;
  const where = archive === undefined ? folder : placeOf(folder, archive);
  const name = recognized.weights;
  if (name === undefined) {
    throw new ForeignError(
      `${where || 'files'}: must hold weights beside the configuration of ${layout.description}, because that alone speaks not; name the file of the weights`,
    );
  }
  const places = {
    config: recognized.configShown ?? placeOf(where, recognized.config),
    weights: placeOf(where, name),
  };
  const { facts, given } = await factsOf(recognized, where, places.config);
  const own = layout.name === 'reference' ? (given as object) : {};
  const { config, notices: supposed } = completed(facts, own, places.config);
  const mel = foreignMel(layout.name, config, given);
  const normalises = facts.normalises || mel.profile.normalisation?.kind === 'statistics';
  if (mel.statistics) checkStatistics(mel.statistics, config.num_mels, places.config);
  // Names and shapes first: what does not fit is told before anything large is read.
  const opened = await openWeights(files, name, source, places.weights);
  const { arrays, metadata } = opened;
  refuseOthers(arrays, layout, places.weights);
  const found = placesIn(ofGenerator(arrays, layout), layout, {
    config,
    where: places.weights,
    withoutBias: facts.withoutBias,
    configuration: { where: places.config, paths: facts.paths },
  });
  const at = { where, place: places.weights, unused: mel.unused };
  const beside = () => statisticsOf(recognized, { arrays, prefix: found.prefix }, config, at);
  const taken = mel.statistics
    ? { statistics: mel.statistics, from: places.config }
    : normalises
      ? await beside()
      : undefined;
  const statistics = taken?.statistics;
  const read = await readPlaces(found.places, places.weights, notFinite);
  // What is normalised here comes in as it was before.
  const { normalisation, ...plain } = mel.profile;
  const profile = statistics && normalisation?.kind === 'statistics' ? plain : mel.profile;
  return {
    config,
    ...read,
    statistics,
    normalisation: {
      isWanted: normalises && !(layout.statistics?.rare && !statistics),
      from: taken ? [taken.from] : STATISTICS_FILES.map((one) => placeOf(where, one)),
    },
    profile,
    layout,
    files: { config: recognized.config, weights: name },
    metadata,
    notices: [
      ...opened.notices.map((one) => `${places.weights}: ${one}`),
      ...supposed,
      ...noticesOf(facts, config, layout, places.config),
      ...mel.odd.map(
        (one) => `${mel.oddIn === undefined ? places.config : placeOf(where, mel.oddIn)}: ${one}`,
      ),
      ...(normalises && !statistics && !layout.statistics?.rare
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
  const name = PREPROCESSOR;
  if (layout.name !== 'transformers')
    return { facts: readFacts(facts, layout, place), given: facts };
  const read = (given: unknown) => {
    const found = readFacts(given, layout, place);
    return { facts: { ...found, paths: inPreprocessor(found.paths) }, given };
  };
  if (!files.names.includes(name)) return read(facts);
  const preprocessor = await parseConfig(await files.read(name), name, placeOf(where, name));
  return read({ ...(facts as object), features: transformersFeatures(preprocessor) });
}

/**
 * A whole configuration, checked: of the reference's own format all that it says; of others, what only training reads is
 * V1's.
 *
 * @param given the reference's configuration, where it is one
 * @throws ConfigError in the words of the program's own configuration
 */
function completed(
  { config: facts, paths }: ReadFacts,
  given: object,
  where: string,
): { readonly config: HifiGanConfig; readonly notices: readonly string[] } {
  const { hop_size: hop, n_fft: size } = facts;
  const segment = Math.max(presets.v1.segment_size, size);
  const usual = {
    ...presets.v1,
    num_freq: Math.floor(size / 2) + 1,
    segment_size: Math.ceil(segment / hop) * hop,
    fmax_for_loss: null,
  };
  // Its keys keep their order.
  const whole = (own: object) => ({ ...own, ...usual, ...own, ...facts });
  try {
    return { config: readConfig(whole(given), where).config, notices: [] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const keys = [...new Set(error.problems.map(({ path }) => path.split(/[.[]/, 1)[0]))];
    const ofTraining = keys.every((key) => !Object.hasOwn(facts, key) && Object.hasOwn(given, key));
    if (ofTraining && keys.length > 0) {
      // Speaking asks nothing of them.
      const own = Object.fromEntries(Object.entries(given).filter(([key]) => !keys.includes(key)));
      const notice = `${where}: ${keys.join(', ')} ${keys.length === 1 ? 'is' : 'are'} not as training needs ${keys.length === 1 ? 'it' : 'them'} (hifigan config check says why): what V1 has${keys.includes('segment_size') ? ', rounded up to whole hops,' : ''} is taken, which counts for training alone`;
      return { config: readConfig(whole(own), where).config, notices: [notice] };
    }
    const problems = error.problems.map(({ path, message }) => ({
      path: inTheirKeys(path, paths),
      message: inTheirKeys(message, paths),
    }));
    throw new ConfigError(where, problems);
  }
}

/** The arrays, read one after the other. @throws FormatError where a weight is no number, if that is refused */
async function readPlaces(
  places: Places<StoredArray>['places'],
  where: string,
  onNotFinite: 'refuse' | 'tell',
): Promise<Pick<ForeignGenerator, 'state' | 'types' | 'notFinite'>> {
  const state = new Map<string, NamedArray>();
  const types = new Set<string>();
  const notFinite: string[] = [];
  for (const [name, { shape, found }] of places) {
    if (found && 'dtype' in found.array) types.add(found.array.dtype);
    const array = found && (await readArray(found.array));
    const data = array ? float32Of(array) : zeros(shape);
    if (found && onNotFinite === 'refuse') {
      checkFinite(new Map([[found.name, { shape, data }]]), where);
    } else if (found && !data.every(Number.isFinite)) notFinite.push(found.name);
    state.set(name, { shape, data });
  }
  return { state, types: [...types], notFinite };
}

const float32Of = (array: NamedArray) =>
  array.data instanceof Float32Array ? array.data : floatsOf(array);

const zeros = (shape: readonly number[]) =>
  new Float32Array(shape.reduce((product, length) => product * length, 1));

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

/** What ParallelWaveGAN calls them, and the same as NumPy's. */
const STATISTICS_FILES = ['stats.h5', 'stats.npy'] as const;

/** Among the weights, or in a file beside them. @throws FormatError where they do not fit */
async function statisticsOf(
  { layout, files }: RecognizedForeign,
  {
    arrays,
    prefix,
  }: { readonly arrays: ReadonlyMap<string, StoredArray>; readonly prefix: string },
  { num_mels: mels }: HifiGanConfig,
  {
    where,
    place,
    unused = [],
  }: { readonly where: string; readonly place: string } & Pick<ForeignMel, 'unused'>,
): Promise<{ readonly statistics: MelStatistics; readonly from: string } | undefined> {
  const used = (given: MelStatistics, at: string) => {
    const statistics = {
      mean: unused.includes('mean') ? Float32Array.from(given.mean, () => 0) : given.mean,
      scale: unused.includes('scale') ? Float32Array.from(given.scale, () => 1) : given.scale,
    };
    checkStatistics(statistics, mels, at);
    return { statistics, from: at };
  };
  const { mean = '', scale = '' } = layout.statistics ?? {};
  const [means, scales] = [mean, scale].map((name) => arrays.get(name.replace('{prefix}', prefix)));
  if (means && scales) {
    const [first, second] = [await readArray(means), await readArray(scales)].map(floatsOf);
    return used({ mean: first, scale: second }, place);
  }
  const beside = STATISTICS_FILES.find((name) => files.names.includes(name));
  if (beside === undefined) return undefined;
  const there = placeOf(where, beside);
  return used(await readMelStatistics(await files.read(beside), there), there);
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
