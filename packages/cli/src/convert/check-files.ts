import { isDeepStrictEqual } from 'node:util';
import type { MelProfile } from '@hifigan/audio';
import { foldedLayers, type GeneratorConfig } from '@hifigan/models';
import {
  type Bundle,
  bundleFileNames,
  profileOf,
  readBundle,
  readForeign,
  type WeightsPrecision,
} from '@hifigan/vocoder';
import { type Context, heedInterrupt } from '../context.js';
import { openSource } from '../files/open-source.js';
import { readInput } from '../files/read-input.js';
import { bundleOf } from './foreign-bundle.js';
import { FOLDERS, type Target } from './targets.js';

/** Relative to the largest value of an array: of weight norm that was put on and multiplied out, and of float16. */
const BOUNDS = { float32: 1e-6, float16: 1e-3 } as const;

/** What was written. */
export interface CheckFilesOptions {
  readonly target: Target;
  /** Of a bundle. */
  readonly precision?: WeightsPrecision;
  /** Of the file, where it is one. */
  readonly name?: string;
}

/** Where a file lies, by its name. */
type Places = (name: string) => string;

/**
 * Reads files that were written as their users will, and holds them against what they were made of.
 *
 * @returns the largest difference of a weight, weight norm multiplied out, relative to the largest of its array; and
 * for which mels the files will be taken
 * @throws Error where it is not the same model
 */
export async function checkFiles(
  context: Context,
  places: Places,
  original: Bundle,
  { target, precision = 'float32', name }: CheckFilesOptions,
): Promise<{ readonly difference: number; readonly profile: MelProfile }> {
  const after = await readBack(context, places, target, name);
  refuseOtherConfig(original, after);
  const [was, is] = [original, after].map(({ config, weights }) => foldedLayers(config, weights));
  let worst = 0;
  for (const [layer, { filter, bias }] of was) {
    await heedInterrupt(context);
    const read = is.get(layer);
    worst = Math.max(worst, relative(filter.data, read?.filter.data), relative(bias, read?.bias));
  }
  const { statistics } = original;
  for (const key of ['mean', 'scale'] as const) {
    if (!statistics) continue;
    worst = Math.max(worst, relative(statistics[key], after.statistics?.[key]));
  }
  const bound = BOUNDS[precision];
  if (worst <= bound) return { difference: worst, profile: profileOf(after) };
  throw new Error(
    `convert: what would be written must be read as the same model, but a weight differs by ${worst}, relative to the largest of its array, where ${bound} is allowed; report this, with the model`,
  );
}

/** What no weight shows: rates, dilations, and whether mels are normalised. */
const KEYS = [
  'resblock',
  'num_mels',
  'sampling_rate',
  'upsample_rates',
  'upsample_kernel_sizes',
  'upsample_initial_channel',
  'resblock_kernel_sizes',
  'resblock_dilation_sizes',
] as const satisfies readonly (keyof GeneratorConfig | 'sampling_rate')[];

/** @throws Error naming what is not as it was */
function refuseOtherConfig(was: Bundle, is: Bundle): void {
  const other = KEYS.find((key) => !isDeepStrictEqual(was.config[key], is.config[key]));
  const what =
    other ?? (Boolean(was.statistics) === Boolean(is.statistics) ? undefined : 'statistics');
  if (what === undefined) return;
  const shown = ({ config, statistics }: Bundle) =>
    other === undefined ? (statistics ? 'there' : 'not there') : JSON.stringify(config[other]);
  throw new Error(
    `convert: what would be written must be read as the same model, but ${what} is ${shown(is)}, where it was ${shown(was)}; report this, with the model`,
  );
}

async function readBack(
  context: Context,
  places: Places,
  target: Target,
  file = '',
): Promise<Bundle> {
  const name = FOLDERS[target] ?? file;
  const read = (part: string) => readInput(context, places(part), part);
  if (target !== 'bundle' && target !== 'safetensors') {
    const open = (part: string) => openSource(context, places(part), part);
    const files = { names: ['config.json', name], read, open };
    return bundleOf(await readForeign(files, { weights: name }));
  }
  const text = async (part: string) => new TextDecoder().decode(await read(part));
  return readBundle({
    config: await text(bundleFileNames.config),
    generator: await read(name),
    ...(target === 'bundle' && { manifest: await text(bundleFileNames.manifest) }),
  });
}

function relative(was: ArrayLike<number>, is: ArrayLike<number> | undefined): number {
  if (is?.length !== was.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  let difference = 0;
  for (let i = 0; i < was.length; i++) {
    largest = Math.max(largest, Math.abs(was[i]));
    difference = Math.max(difference, Math.abs(was[i] - is[i]));
  }
  return difference === 0 ? 0 : difference / largest;
}
