import { stepsDone } from './steps-done.js';

/** What a file of weights is. */
export type WeightsKind = 'generator' | 'training state' | 'discriminators' | 'unknown';

/** Formats that our training writes. */
const FORMATS: Readonly<Record<string, WeightsKind>> = {
  'hifigan-generator': 'generator',
  'hifigan-training': 'training state',
};

/** What a file says of itself, else what its arrays are called; the file's own name counts for nothing. */
export function weightsKind(
  names: readonly string[],
  { format = '' }: Readonly<Record<string, string>>,
): WeightsKind {
  const has = (pattern: RegExp) => names.some((name) => pattern.test(name));
  if (Object.hasOwn(FORMATS, format)) return FORMATS[format];
  if (has(/^optim_[gd]\./)) return 'training state';
  if (has(/^(conv_pre|ups\.0)\./)) return 'generator';
  return has(/(^|\.)discriminators\./) ? 'discriminators' : 'unknown';
}

/**
 * Why a file is no generator, and which file is one.
 *
 * @returns undefined if it is one, or if that cannot be told
 */
export function whyNoGenerator(
  names: readonly string[],
  metadata: Readonly<Record<string, string>>,
  file: string,
): string | undefined {
  const kind = weightsKind(names, metadata);
  if (kind === 'discriminators') {
    return 'must be a generator, but holds discriminators alone; give the file of the generator (of our training, g_…)';
  }
  if (kind !== 'training state') return undefined;
  const done = stepsDone(metadata, file);
  const after = done === undefined ? '' : ` after step ${done - 1}`;
  const generator =
    done === undefined
      ? 'the g_… file of the same number'
      : `g_${String(done - 1).padStart(8, '0')}.safetensors`;
  return `must be a generator, but is the training state${after} (the do_… half of a checkpoint: optimizers and discriminators, to go on with); give ${generator}, which train wrote beside it`;
}
