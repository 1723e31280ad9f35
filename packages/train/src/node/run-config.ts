import { readFile } from 'node:fs/promises';
import { ConfigError, type HifiGanConfig, readConfig } from '@hifigan/config';
import type { CheckpointFiles, RunFolder } from './run-folder.js';

export interface RunConfigOptions {
  readonly folder: RunFolder;
  readonly config: HifiGanConfig;
  /** What the run goes on from; absent in a new one. */
  readonly from: CheckpointFiles | undefined;
  /** Write over a configuration that is not of this run. */
  readonly force?: boolean;
  readonly warn: (text: string) => void;
}

/** What features and weights are made of: a run cannot change them. */
const LASTING: ReadonlySet<string> = new Set<keyof HifiGanConfig>([
  'sampling_rate',
  'n_fft',
  'hop_size',
  'win_size',
  'num_mels',
  'fmin',
  'fmax',
  'resblock',
  'resblock_kernel_sizes',
  'resblock_dilation_sizes',
  'upsample_rates',
  'upsample_kernel_sizes',
  'upsample_initial_channel',
]);

/** A key that differs. */
interface Difference {
  readonly key: string;
  /** `fmax: 8000 in the run, 7600 now` */
  readonly text: string;
}

/**
 * Holds a configuration against the one that lies in the folder; what a run may change on its way is told.
 *
 * @returns whether it has to be written
 * @throws where it is of other features or another model than the run, or of another run than this new one
 */
export async function compareRunConfig(options: RunConfigOptions): Promise<boolean> {
  const { folder, config, from, force, warn } = options;
  const before = await readBefore(folder.configPath);
  if (before === undefined) return true;
  if (!from) {
    const differences =
      before instanceof Error ? undefined : differencesOf(before, config, 'there');
    if (differences?.length === 0) return false;
    if (force) return true;
    const why = differences ? textOf(differences) : 'it is none of ours';
    throw new Error(
      `${folder.configPath}: is not written over, because it is not the configuration of this run (${why}); name another folder, or write over it with --force`,
    );
  }
  if (before instanceof Error) {
    throw new Error(
      `${before.message}\nIt must be the configuration of the run, which goes on with it: put it back, or remove it to go on with the one that is given`,
      { cause: before },
    );
  }
  const differences = differencesOf(before, config, 'in the run');
  const lasting = differences.filter(({ key }) => LASTING.has(key));
  if (lasting.length > 0) {
    throw new Error(
      `${folder.path}: its configuration must keep all that features and weights depend on, because the run learned with it, but differs (${textOf(lasting)}); ` +
        `leave these keys as they were, or begin in another folder (where the model is the same, from its generator: --init-from ${from.generator})`,
    );
  }
  for (const { text } of differences) warn(text);
  return differences.length > 0;
}

/** Undefined where there is none; the error where it is no configuration. */
async function readBefore(path: string): Promise<HifiGanConfig | ConfigError | undefined> {
  try {
    return readConfig(await readFile(path, 'utf8'), path).config;
  } catch (error) {
    if (error instanceof ConfigError) return error;
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function differencesOf(
  before: HifiGanConfig,
  now: HifiGanConfig,
  where: string,
): readonly Difference[] {
  const [old, given] = [before, now].map((config) => new Map(Object.entries(config)));
  const show = (value: unknown) => JSON.stringify(value) ?? 'none';
  return [...new Set([...old.keys(), ...given.keys()])]
    .filter((key) => show(old.get(key)) !== show(given.get(key)))
    .map((key) => ({
      key,
      text: `${key}: ${show(old.get(key))} ${where}, ${show(given.get(key))} now`,
    }));
}

function textOf(differences: readonly Difference[]): string {
  return differences.map(({ text }) => text).join('; ');
}
