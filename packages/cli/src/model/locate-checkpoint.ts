import { readdir, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { bundleFileNames } from '@hifigan/vocoder';
import { type Context, pathOf } from '../context.js';
import { type ForeignOnDisk, foreignOnDisk } from '../convert/foreign-on-disk.js';
import { REASONS, UserError } from '../errors.js';
import { presetOf } from '../files/load-config.js';
import { headerOnDisk, refuseForeignWeights } from '../files/refuse-foreign.js';
import { refuseSpecial } from '../files/refuse-special.js';
import { exists } from '../files/write-atomic.js';
import { resolveBest } from './best-checkpoint.js';
import { stepsDone } from './steps-done.js';
import { suggestCheckpoint } from './suggest-checkpoint.js';
import { weightsKind } from './weights-kind.js';

/** What training calls its generators. */
const CHECKPOINT = /^g_\d+\.safetensors$/;

/** The files that make a vocoder; absolute, with what to call them. */
export interface CheckpointFiles {
  readonly weights: string;
  /** Absolute as well, or what `--config` takes besides: the name of a preset, or `-`. */
  readonly config: string;
  readonly card?: string;
  /** Of a bundle whose configuration is another than its own: what else it states of its mel. */
  readonly manifest?: string;
  /** The folder, where it is a bundle with its own configuration. */
  readonly folder?: string;
  /** Where it is a model of another program: that, and `weights` and `config` are its files. */
  readonly foreign?: ForeignOnDisk;
  /** As the user knows it. */
  readonly shown: string;
  /** Updates of the generator, where the file's name says it. */
  readonly steps?: number;
}

/**
 * Finds what `--checkpoint` means: a bundle folder, the folder of a training run (its latest checkpoint, of
 * which that with averaged weights where there is one), the same with `:best` behind it (that which validated best), a
 * generator in safetensors of any name with its config.json beside it, or, where nothing is given, the packaged voice.
 *
 * @param config what `--config` was given, instead of the config.json beside the weights
 * @throws UserError that says what is there instead
 */
export async function locateCheckpoint(
  context: Context,
  given: string | undefined,
  config?: string,
): Promise<CheckpointFiles> {
  const asIs = config === undefined || config === '-' || presetOf(config) !== undefined;
  const own = asIs ? config : pathOf(context, config);
  if (given === undefined) return bundleIn(voiceFolder(), 'the packaged voice', own);
  const typed = await resolveBest(context, given);
  const path = pathOf(context, typed);
  const about = await stat(path).catch(async (error: NodeJS.ErrnoException) => {
    const reason = REASONS[error.code ?? ''] ?? error.message;
    throw new UserError(
      `${typed}: cannot be read: ${reason}${await suggestCheckpoint(path, typed)}`,
    );
  });
  await refuseSpecial(path, typed);
  const foreign = await foreignOnDisk(context, typed, {
    isFolder: about.isDirectory(),
    config: own,
    configShown: config,
  });
  if (foreign) return { ...foreignFiles(path, foreign, about.isDirectory()), shown: typed };
  if (!about.isDirectory()) {
    await refuseForeignWeights(path, typed);
    const beside = own ?? join(dirname(path), bundleFileNames.config);
    if (own === undefined && !(await exists(beside))) {
      throw new UserError(
        `${typed}: has no config.json beside it, and the model cannot be built without; copy it there, or name it with --config`,
      );
    }
    return { weights: path, config: beside, shown: typed, steps: stepsInName(path) };
  }
  if (await exists(join(path, bundleFileNames.generator))) {
    await tellPassedOver(context, path, typed);
    return bundleIn(path, typed, own);
  }
  return latestIn(context, path, typed, own);
}

/** Updates of the generator: what the file says of itself, else what its name says. */
export function stepsOf(
  { steps, weights }: CheckpointFiles,
  metadata: Readonly<Record<string, string>> = {},
): number | undefined {
  return stepsDone(metadata, basename(weights)) ?? steps;
}

/** Where the packaged voice lies. */
export function voiceFolder(): string {
  const description = createRequire(import.meta.url).resolve('@hifigan/voice/package.json');
  return join(dirname(description), 'bundle');
}

function foreignFiles(path: string, foreign: ForeignOnDisk, isFolder: boolean) {
  const { config, weights = config } = foreign.recognized;
  const folder = isFolder ? path : dirname(path);
  return { weights: join(folder, weights), config: join(folder, config), foreign };
}

async function bundleIn(folder: string, shown: string, config?: string): Promise<CheckpointFiles> {
  const card = join(folder, bundleFileNames.card);
  const manifest = join(folder, bundleFileNames.manifest);
  return {
    weights: join(folder, bundleFileNames.generator),
    config: config ?? join(folder, bundleFileNames.config),
    card: (await exists(card)) ? card : undefined,
    ...(config === undefined ? { folder } : (await exists(manifest)) && { manifest }),
    shown,
  };
}

/** Says where checkpoints lie beside a bundle, which goes first. */
async function tellPassedOver({ console }: Context, folder: string, shown: string): Promise<void> {
  const others = (await readdir(folder)).filter((name) => CHECKPOINT.test(name)).sort();
  if (others.length === 0) return;
  const more = others.length > 1 ? `${others.length} checkpoints` : others[0];
  console.warn(
    `${shown}: takes ${bundleFileNames.generator} and not ${more} beside it; name the file itself to choose`,
  );
}

async function latestIn(
  context: Context,
  folder: string,
  shown: string,
  config?: string,
): Promise<CheckpointFiles> {
  const names = await readdir(folder);
  const latest =
    names
      .filter((name) => CHECKPOINT.test(name))
      .sort((a, b) => Number(a.slice(2, -12)) - Number(b.slice(2, -12)))
      .at(-1) ?? (await renamedIn(context, folder, shown));
  if (!latest) {
    const torch = names.find((name) => /^(g_\d+|generator.*|.*\.pth?|.*\.ckpt)$/.test(name));
    if (torch) await refuseForeignWeights(join(folder, torch), join(shown, torch));
    throw new UserError(
      `${shown}: has neither generator.safetensors (a bundle) nor g_….safetensors (a training run); name the checkpoint itself`,
    );
  }
  const beside = config ?? join(folder, bundleFileNames.config);
  if (config === undefined && !(await exists(beside))) {
    throw new UserError(
      `${shown}: has no config.json; copy that of the training run there, or name it with --config`,
    );
  }
  const average = latest.replace(/^g_/, 'ema_');
  const chosen = names.includes(average) ? average : latest;
  const path = join(folder, chosen);
  await refuseForeignWeights(path, join(shown, chosen));
  return { weights: path, config: beside, shown: join(shown, chosen), steps: stepsInName(path) };
}

/**
 * Among renamed files, the generator with the most steps according to its metadata; of several it says which.
 *
 * @throws UserError where two have as many
 */
async function renamedIn(
  { console }: Context,
  folder: string,
  shown: string,
): Promise<string | undefined> {
  const found: { name: string; steps: number }[] = [];
  for (const name of (await readdir(folder)).sort()) {
    const path = join(folder, name);
    if (name.startsWith('.') || !(await stat(path).catch(() => undefined))?.isFile()) continue;
    const header = await headerOnDisk(path);
    if (!header || weightsKind(header.names, header.metadata) !== 'generator') continue;
    found.push({ name, steps: stepsDone(header.metadata, name) ?? 0 });
  }
  const [first, second] = found.sort((a, b) => b.steps - a.steps);
  if (second) {
    const all = `${shown}: has ${found.length} generators (${found.map(({ name }) => name).join(', ')})`;
    if (second.steps === first.steps) {
      throw new UserError(`${all} and nothing tells which is meant; name the file itself`);
    }
    console.warn(
      `${all}; takes ${first.name}, which has most steps; name the file itself to choose`,
    );
  }
  return first?.name;
}

/** `g_00002500` holds the weights after 2501 updates, as the reference counts. */
function stepsInName(path: string): number | undefined {
  const digits = /^(?:g|ema)_(\d+)(?:\.|$)/.exec(basename(path))?.[1];
  return digits === undefined ? undefined : Number(digits) + 1;
}
