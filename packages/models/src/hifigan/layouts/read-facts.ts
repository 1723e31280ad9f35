import type { HifiGanConfig } from '@hifigan/config';
import type { FactKey, Layout, Module } from './layout.js';

/** What a program's configuration says of its generator and mel, in our keys. */
export interface ReadFacts {
  readonly config: Pick<HifiGanConfig, FactKey | 'resblock'>;
  /** Whether mels are normalised with the {@link Layout.statistics} that are among the weights. */
  readonly normalises: boolean;
  readonly withoutBias: readonly Module[];
  /** Keys that the configuration does not tell: what such models usually have was taken. */
  readonly supposed: readonly FactKey[];
  /** Where in the configuration each of our keys stands, or would. */
  readonly paths: FactPaths;
}

/** Theirs for each of our keys, with dots between. */
export type FactPaths = Readonly<Partial<Record<FactKey | 'resblock', string>>>;

/** A sentence about our keys, in theirs. */
export function inTheirKeys(text: string, paths: FactPaths): string {
  // Whole words alone: `resblock` is the beginning of others.
  return text.replace(/(?<![\w.])[a-z]+(?:_[a-z]+)*/g, (word) => {
    const path = Object.hasOwn(paths, word) ? paths[word as keyof FactPaths] : undefined;
    if (path === undefined) return word;
    return word === 'resblock' && !path.includes(word) ? `${path} (kind of block)` : path;
  });
}

/** A configuration that asks for what our generator cannot do. */
export class LayoutError extends Error {
  override readonly name = 'LayoutError';
  /** A line an option: which, and why not. */
  readonly problems: readonly string[];

  constructor(where: string, description: string, problems: readonly string[]) {
    super(
      [
        `${where}: ${description} must be configured as the reference’s generator is, because the network is rebuilt as that; this one cannot be used here`,
        ...problems.map((problem) => `  ${problem}`),
      ].join('\n'),
    );
    this.problems = problems;
  }
}

/**
 * Reads the facts of a layout out of its program's configuration.
 *
 * @param given parsed JSON or YAML
 * @param where what to call it in errors
 * @throws LayoutError with all options that our generator has in one way only, and all keys that are missing
 */
export function readFacts(given: unknown, layout: Layout, where: string): ReadFacts {
  const { paths, seconds, block, defaults, usual, requirements, transformOfWindow } = layout.facts;
  const problems = requirements.flatMap(({ path, is, because }) => {
    const value = valueAt(given, path);
    if (value === undefined || value === null || is.includes(value)) return [];
    return [
      `${path}=${JSON.stringify(value)} must be ${JSON.stringify(is[0])}, because ${because}`,
    ];
  });
  const supposed: FactKey[] = [];
  const read = (key: FactKey): unknown => {
    const places = paths[key] ?? [];
    const values = places.map((path) => valueAt(given, path));
    const value = values.find((one) => one !== undefined && one !== null);
    if (value !== undefined) return value;
    const length = Number(valueAt(given, seconds?.[key] ?? ''));
    // Rounded down, as NeMo does.
    if (length > 0) return Math.floor(length * Number(read('sampling_rate')));
    // Null stands for the whole band, or for a window as long as the transform.
    if (key === 'fmax' && values.includes(null)) return null;
    if (key === 'fmin' && values.includes(null)) return 0;
    if (key === 'n_fft' && transformOfWindow) return powerOfTwoFrom(Number(read('win_size')));
    if (key === 'win_size' && values.includes(null) && !transformOfWindow) return read('n_fft');
    if (key in defaults) return defaults[key];
    if (key === 'win_size' && !(key in usual)) return read('n_fft');
    if (key === 'hop_size') return productOf(read('upsample_rates'));
    if (key in usual) {
      if (!supposed.includes(key)) supposed.push(key);
      // Of a lower rate than usual, the whole band.
      const rate = key === 'fmax' ? Number(read('sampling_rate')) : Number.POSITIVE_INFINITY;
      return Number(usual[key]) > rate / 2 ? null : usual[key];
    }
    problems.push(`${places[0] ?? key} must be there, because the model cannot be built without`);
    return undefined;
  };
  const config = Object.fromEntries(KEYS.map((key) => [key, read(key)]));
  config.resblock = blockOf(given, block);
  if (problems.length > 0) {
    throw new LayoutError(where, layout.description, [...new Set(problems)]);
  }
  const { statistics, withoutBias } = layout;
  const option = statistics?.option && valueAt(given, statistics.option);
  return {
    config: config as unknown as ReadFacts['config'],
    // Null is what says that there are none.
    normalises:
      typeof option === 'boolean' ? option : option !== null && (statistics?.otherwise ?? false),
    withoutBias:
      withoutBias && valueAt(given, withoutBias.option) === false ? withoutBias.modules : [],
    supposed,
    paths: {
      ...Object.fromEntries(KEYS.map((key) => [key, pathIn(given, paths[key])])),
      resblock: pathIn(given, block?.paths),
    },
  };
}

/** The first that is there, else the first. */
function pathIn(given: unknown, paths: readonly string[] = []): string | undefined {
  return paths.find((path) => (valueAt(given, path) ?? null) !== null) ?? paths[0];
}

const KEYS: readonly FactKey[] = [
  'num_mels',
  'sampling_rate',
  'n_fft',
  'hop_size',
  'win_size',
  'fmin',
  'fmax',
  'upsample_rates',
  'upsample_kernel_sizes',
  'upsample_initial_channel',
  'resblock_kernel_sizes',
  'resblock_dilation_sizes',
];

/** What stands at `a.b.c`; undefined where a key on the way is missing. */
export function valueAt(given: unknown, path: string): unknown {
  let value = given;
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

function blockOf(given: unknown, block: Layout['facts']['block']): '1' | '2' {
  if (!block) return '1';
  const value = block.paths.map((path) => valueAt(given, path)).find((one) => one !== undefined);
  return value === undefined || value === block.first ? '1' : '2';
}

/** The smallest that is as large. */
function powerOfTwoFrom(length: number): number {
  let power = 1;
  while (power < length) power *= 2;
  return power;
}

function productOf(rates: unknown): number | undefined {
  if (!Array.isArray(rates)) return undefined;
  return rates.reduce((product: number, rate) => product * Number(rate), 1);
}
