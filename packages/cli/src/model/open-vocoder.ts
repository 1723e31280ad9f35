import { bundleFileNames, Vocoder } from '@hifigan/vocoder';
import { activateBackend } from '../backends/activate.js';
import type { Context } from '../context.js';
import { UsageError, UserError } from '../errors.js';
import { exportedAt, openExported } from './exported.js';
import { loadBundle } from './load-bundle.js';
import { locateCheckpoint } from './locate-checkpoint.js';

export interface OpenOptions {
  readonly checkpoint?: string;
  readonly config?: string;
  readonly backend: string;
  readonly threads?: number;
  /** Whether its golden output must come of it here, as its bundle says. */
  readonly verify?: boolean;
}

/** A vocoder, and what to say of it. */
export interface OpenedVocoder {
  readonly vocoder: Vocoder;
  /** The checkpoint, as the user knows it. */
  readonly shown: string;
  /** The backend, or the library that computes an exported file. */
  readonly computes: string;
}

/**
 * Loads what `--checkpoint` means, weights or an exported file, on what `--backend` means.
 *
 * @throws ConfigError, FormatError, StateError, UsageError or UserError naming the file; GoldenError where another sound
 *   comes of it than must
 */
export async function openVocoder(context: Context, options: OpenOptions): Promise<OpenedVocoder> {
  const exported = await exportedAt(context, options.checkpoint);
  if (exported && options.verify) {
    throw new UsageError(
      `--verify: does not go with ${exported.shown}, because what export wrote holds no golden output to compare with; leave it out, or speak with the bundle that it was exported from`,
    );
  }
  if (exported) return openExported(context, exported, options);
  const located = await locateCheckpoint(context, options.checkpoint, options.config);
  const bundle = await loadBundle(context, located);
  if (options.verify && !bundle.golden) {
    throw new UserError(
      `${located.shown}: must be a bundle with a ${bundleFileNames.manifest} for --verify, because only such say what must come of them; make one with: hifigan pack ${options.checkpoint} -o BUNDLE`,
    );
  }
  const backend = await activateBackend(context, options);
  const engine = backend.engine?.((text) => context.console.warn(text));
  const vocoder = await Vocoder.load(bundle, {
    ...{ where: located.weights, engine },
    verify: options.verify ? 'golden' : 'hashes',
  });
  return { vocoder, shown: located.shown, computes: backend.name };
}
