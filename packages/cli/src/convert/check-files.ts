import type { MelProfile } from '@hifigan/audio';
import {
  type Bundle,
  bundleFileNames,
  filesInMemory,
  foldBundle,
  profileOf,
  readBundle,
  readForeign,
} from '@hifigan/vocoder';
import { bundleOf } from './foreign-bundle.js';
import { FOLDERS, type Target, type TargetFiles } from './targets.js';

/** Relative to the largest value of an array: of weight norm that was put on and multiplied out, and of float16. */
const BOUNDS = { float32: 1e-6, float16: 1e-3 } as const;

/**
 * Reads files that are to be written as their users will, and holds them against what they were made of.
 *
 * @returns the largest difference of a weight, weight norm multiplied out, relative to the largest of its array; and for
 * which mels the files will be taken
 * @throws Error where it is not the same model
 */
export async function checkFiles(
  files: TargetFiles,
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
  const before = await foldBundle(original);
  const after = await foldBundle(await readBack(files, target, name));
  let worst = 0;
  for (const [name, { data }] of before.weights) {
    const read = after.weights.get(name)?.data;
    worst = Math.max(worst, relative(data as ArrayLike<number>, read as ArrayLike<number>));
  }
  const { statistics } = before;
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

async function readBack(files: TargetFiles, target: Target, name: string): Promise<Bundle> {
  if (target === 'transformers') return bundleOf(await readForeign(filesInMemory(files)));
  if (target === 'torch' || target === 'reference') {
    return bundleOf(await readForeign(filesInMemory(files), { weights: name }));
  }
  const weights = FOLDERS[target] ?? Object.keys(files).find((name) => name !== 'config.json')!;
  const text = (name: string) => {
    const content = files[name];
    return content instanceof Uint8Array ? new TextDecoder().decode(content) : content;
  };
  return readBundle({
    manifest: text(bundleFileNames.manifest),
    config: text(bundleFileNames.config),
    generator: files[weights] as Uint8Array,
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
