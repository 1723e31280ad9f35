import { Vocoder } from '@hifigan/vocoder';
import { activateBackend } from '../backends/activate.js';
import type { Context } from '../context.js';
import { exportedAt, openExported } from './exported.js';
import { loadBundle } from './load-bundle.js';
import { locateCheckpoint } from './locate-checkpoint.js';

export interface OpenOptions {
  readonly checkpoint?: string;
  readonly config?: string;
  readonly backend: string;
  readonly threads?: number;
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
 * @throws ConfigError, FormatError, StateError, UsageError or UserError naming the file
 */
export async function openVocoder(context: Context, options: OpenOptions): Promise<OpenedVocoder> {
  const exported = await exportedAt(context, options.checkpoint);
  if (exported) return openExported(context, exported, options);
  const located = await locateCheckpoint(context, options.checkpoint, options.config);
  const bundle = await loadBundle(context, located);
  const backend = await activateBackend(context, options);
  const engine = backend.engine?.((text) => context.console.warn(text));
  const vocoder = await Vocoder.load(bundle, { where: located.weights, engine });
  return { vocoder, shown: located.shown, computes: backend.name };
}
