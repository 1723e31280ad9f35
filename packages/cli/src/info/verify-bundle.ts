import { basename, join } from 'node:path';
import {
  type Bundle,
  bundleFileNames,
  checkGolden,
  type EngineFactory,
  type Golden,
  type GoldenCheck,
  manifestSeal,
  Vocoder,
  verifyListed,
} from '@hifigan/vocoder';
import { activateBackend } from '../backends/activate.js';
import { cpuBackend } from '../backends/cpu.js';
import type { Context } from '../context.js';
import { UserError } from '../errors.js';
import { readInput } from '../files/read-input.js';
import { exists } from '../files/write-atomic.js';
import { loadBundle } from '../model/load-bundle.js';
import { type CheckpointFiles, locateCheckpoint } from '../model/locate-checkpoint.js';
import { counted } from '../terminal/format.js';

/** What came of making this machine speak what a bundle says that it must. */
export interface Verified {
  readonly ok: boolean;
  readonly facts: {
    /** Names of the files whose hashes are those of the manifest: all of them, else there is an error. */
    readonly files: readonly string[];
    /** Whether the manifest is known to be the one that was packed. */
    readonly manifest: 'whole' | 'unsealed';
    readonly backend: string;
    readonly golden: GoldenCheck;
    /** Where the output was wrong: the same in plain JavaScript, and so who is to blame. */
    readonly cpu?: GoldenCheck;
    readonly blame?: 'backend' | 'bundle';
  };
  readonly shown: readonly (readonly [string, string])[];
}

/**
 * Looks at every file of a bundle, and speaks its golden mel on a backend; where another sound comes out, plain
 * JavaScript has to tell whether backend or bundle is wrong.
 *
 * @throws UserError where it is no bundle with a golden output, BundleError where its files are not those that were
 * packed
 */
export async function verifyBundle(
  context: Context,
  typed: string,
  options: { readonly backend: string; readonly threads?: number },
): Promise<Verified> {
  const located = await locateCheckpoint(context, typed);
  const bundle = located.folder === undefined ? undefined : await loadBundle(context, located);
  if (!bundle?.manifest || !bundle.golden) {
    throw new UserError(
      `${typed}: must be a bundle with a ${bundleFileNames.manifest} to be verified, because only such say what must come of them; make one with: hifigan pack ${typed} -o BUNDLE`,
    );
  }
  const golden = await bundle.golden();
  const { tolerance } = bundle.manifest.golden;
  const backend = await activateBackend(context, options);
  const { name } = backend;
  // By what `synth` would speak with.
  const engine = backend.engine?.((text) => context.console.warn(text));
  const check = await speak(bundle, { golden, tolerance, engine });
  const files = await verifyListed(
    bundle.manifest,
    (name) => fileIn(context, located, name),
    typed,
  );
  // One that was changed is refused where it is read.
  const isSealed = (await manifestSeal(bundle.manifest)) === 'whole';
  const sealed = [
    'manifest',
    isSealed
      ? 'says what it said when it was packed (SHA-256)'
      : `NOT sealed: nothing tells whether the mel profile and the hashes in ${bundleFileNames.manifest} are those that were packed; renew it with: hifigan pack ${typed} -o ${typed} --force`,
  ] as const;
  const manifest: Verified['facts']['manifest'] = isSealed ? 'whole' : 'unsealed';
  const facts = { files, manifest, backend: name, golden: check };
  const hashes = [
    'files',
    `the ${counted(files.length, 'file')} that were packed (SHA-256)`,
  ] as const;
  const made = `${check.ok ? 'reproduced' : 'NOT reproduced'} on ${name}: ${differs(check)}`;
  const shown = [hashes, sealed, ['golden output', made] as const];
  if (check.ok) return { ok: true, facts, shown };
  await cpuBackend.activate({});
  const cpu = name === cpuBackend.name ? check : await speak(bundle, { golden, tolerance });
  const blame = cpu.ok ? 'backend' : 'bundle';
  const cure = cpu.ok
    ? `plain JavaScript reproduces it (${differs(cpu)}), so ${name} computes wrongly here: use another --backend, and look at this one with hifigan doctor`
    : `plain JavaScript does not either (${differs(cpu)}), so weights and golden output are not of one model: get the bundle anew from where it came, or pack it anew`;
  return { ok: false, facts: { ...facts, cpu, blame }, shown: [...shown, ['to do', cure]] };
}

/** Bytes of a file of the bundle. A name with folders is none: nothing outside of it is looked at. */
async function fileIn(
  context: Context,
  { folder }: CheckpointFiles,
  name: string,
): Promise<Uint8Array | undefined> {
  if (folder === undefined || basename(name) !== name) return undefined;
  const path = join(folder, name);
  return (await exists(path)) ? readInput(context, path, name) : undefined;
}

async function speak(
  bundle: Bundle,
  {
    golden,
    tolerance,
    engine,
  }: { readonly golden: Golden; readonly tolerance: number; readonly engine?: EngineFactory },
): Promise<GoldenCheck> {
  const vocoder = await Vocoder.load(bundle, { engine });
  try {
    return await checkGolden(vocoder, golden, tolerance);
  } finally {
    vocoder.dispose();
  }
}

function differs({ max, tolerance }: GoldenCheck): string {
  const percent = (value: number) =>
    Number.isFinite(value) ? `${Number((100 * value).toPrecision(2))}%` : 'no number';
  return `differs by ${percent(max)} of its peak, at most ${percent(tolerance)} may be`;
}
