import { extname } from 'node:path';
import type { Command } from 'commander';
import type { Context } from '../context.js';
import { UsageError, UserError } from '../errors.js';
import { type FoundFiles, findFiles } from '../files/find-files.js';
import { tellLeftOut } from '../files/tell-left-out.js';
import { counted } from '../terminal/format.js';
import { lateness } from './judge-pair.js';
import type { PairsReport } from './prepare-pairs.js';

/** Options of `prepare` for fine-tuning. */
export interface PairsFlags {
  readonly finetune?: string;
  readonly correct?: boolean;
  readonly samplingRate?: number;
  readonly trim?: number;
  readonly maxSeconds?: number;
}

export function addPairsOptions(command: Command): Command {
  return command
    .option(
      '--finetune <mels>',
      'pair the recordings with mels that another model made of them (.npy, by name), for fine-tuning',
    )
    .option(
      '--correct',
      'of such mels, convert those in other logarithms and cut those that lie some frames off',
    );
}

/** The mels to pair with, where there are to be any. @throws where there are none */
export async function findMels(
  context: Context,
  { finetune, correct, samplingRate, trim, maxSeconds }: PairsFlags,
): Promise<FoundFiles | undefined> {
  if (finetune === undefined) {
    if (!correct) return undefined;
    throw new UsageError('--correct: must go with --finetune <mels>, because it is about mels');
  }
  if (samplingRate !== undefined) {
    throw new UsageError(
      `--sampling-rate ${samplingRate}: must not go with --finetune, because frames of mels have the rate of their configuration; give that with --config`,
    );
  }
  for (const [option, value] of [
    ['--trim', trim],
    ['--max-seconds', maxSeconds],
  ]) {
    if (value === undefined) continue;
    throw new UsageError(
      `${option} ${value}: must not go with --finetune, because a mel is of its whole recording; cut both before the mels are made`,
    );
  }
  const found = await findFiles(context, [finetune], (name) => extname(name) === '.npy', {
    once: true,
  });
  tellLeftOut(context, found.leftOut);
  if (found.files.length === 0) {
    throw new UserError(
      `${finetune}: has no mels; give a folder with .npy files ([num_mels, frames], natural logarithms)`,
    );
  }
  return found;
}

/** What is odd about the mels that were taken. */
export function tellPairs({ console }: Context, { accepted, mels }: PairsReport): void {
  const swapped = accepted.filter(({ mel }) => mel.transposed).length;
  if (swapped > 0)
    console.warn(`of ${counted(swapped, 'mel')} the axes were swapped, which is mended`);
  const kinds = tally(accepted.flatMap(({ mel }) => mel.converted ?? []));
  for (const [kind, count] of kinds) {
    console.warn(`${counted(count, 'mel')} had ${kind}, which were converted`);
  }
  const shifts = tally(accepted.flatMap(({ mel }) => mel.late_frames ?? []));
  for (const [shift, count] of shifts) {
    const what = mels.corrected
      ? 'both were cut so that they fit'
      : 'as mels with centred frames do; --correct cuts the recordings so that they fit';
    console.warn(`${counted(count, 'mel')} of ${accepted.length} lay ${lateness(shift)}: ${what}`);
  }
}

function tally<T>(values: readonly T[]): Map<T, number> {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
