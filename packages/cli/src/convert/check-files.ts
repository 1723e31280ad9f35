import { readFile } from 'node:fs/promises';
import type { MelProfile } from '@hifigan/audio';
import { foldedLayers } from '@hifigan/models';
import { type Bundle, bundleFileNames, profileOf, readBundle, readForeign } from '@hifigan/vocoder';
import { bundleOf } from './foreign-bundle.js';
import { filesAt } from './foreign-on-disk.js';
import { FOLDERS, type Target } from './targets.js';

/** Relative to the largest value of an array: of weight norm that was put on and multiplied out, and of float16. */
const BOUNDS = { float32: 1e-6, float16: 1e-3 } as const;

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
  places: Places,
  original: Bundle,
  {
    target,
    precision,
    name,
  }: {
    readonly target: Target;
    readonly precision: 'float16' | 'float32';
    /** Of the file, where it is one. */
    readonly name: string;
  },
): Promise<{ readonly difference: number; readonly profile: MelProfile }> {
  const after = await readBack(places, target, name);
  const [was, is] = [original, after].map(({ config, weights }) => foldedLayers(config, weights));
  let worst = 0;
  for (const [layer, { filter, bias }] of was) {
    const read = is.get(layer);
    worst = Math.max(worst, relative(filter.data, read?.filter.data), relative(bias, read?.bias));
  }
  const { statistics } = original;
  for (const key of ['mean', 'scale'] as const) {
    if (!statistics) continue;
    worst = Math.max(worst, relative(statistics[key], after.statistics?.[key]));
  }
  const bound = BOUNDS[target === 'bundle' ? precision : 'float32'];
  if (worst <= bound) return { difference: worst, profile: profileOf(after) };
  throw new Error(
    `convert: what would be written must be read as the same model, but a weight differs by ${worst}, relative to the largest of its array, where ${bound} is allowed; report this, with the model`,
  );
}

async function readBack(places: Places, target: Target, name: string): Promise<Bundle> {
  if (target === 'transformers') {
    const names = ['config.json', 'model.safetensors'];
    return bundleOf(await readForeign(filesAt(names, { place: places })));
  }
  if (target === 'torch' || target === 'reference') {
    const names = ['config.json', name];
    return bundleOf(await readForeign(filesAt(names, { place: places }), { weights: name }));
  }
  const isBundle = target === 'bundle';
  return readBundle({
    config: await readFile(places(bundleFileNames.config), 'utf8'),
    generator: await readFile(places(FOLDERS[target] ?? name)),
    ...(isBundle && { manifest: await readFile(places(bundleFileNames.manifest), 'utf8') }),
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
