import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Validation } from '../validation.js';
import { adviseResume } from './advise-resume.js';
import type { CheckpointFiles } from './run-folder.js';
import type { ValidationRecord } from './step-record.js';
import { writeFileAtomically } from './write-file.js';

/** What `best.json` in the folder of a run says: which checkpoint did best on held-out clips. */
export interface BestCheckpoint {
  /** That of its files. */
  readonly number: number;
  /** The file to speak with; in the same folder. */
  readonly generator: string;
  readonly validation_mel_spec_error: number;
  /** The clips that were measured: errors over others do not compare. */
  readonly clips: readonly string[];
  /** Whether the checkpoint was written for its rank alone, between those of the interval. */
  readonly extra: boolean;
}

export const bestPath = (folder: string) => join(folder, 'best.json');

/** Undefined where there is none, or none that can be read: then the next one is the best. */
export async function readBest(folder: string): Promise<BestCheckpoint | undefined> {
  try {
    const found = JSON.parse(await readFile(bestPath(folder), 'utf8')) as Partial<BestCheckpoint>;
    const { number, generator, validation_mel_spec_error: error, clips, extra } = found;
    const isWhole =
      Number.isSafeInteger(number) &&
      typeof generator === 'string' &&
      basename(generator) === generator &&
      typeof error === 'number' &&
      Array.isArray(clips) &&
      typeof extra === 'boolean';
    return isWhole ? (found as BestCheckpoint) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

export async function writeBest(folder: string, best: BestCheckpoint): Promise<void> {
  const text = `${JSON.stringify(best, undefined, 2)}\n`;
  await writeFileAtomically(bestPath(folder), text).catch(adviseResume);
}

/** Whether a validation was of these clips, in their order: errors over others do not compare. */
export function areSame(
  measured: readonly { readonly id: string }[],
  ids: readonly string[],
): boolean {
  return measured.length === ids.length && measured.every(({ id }, i) => id === ids[i]);
}

/** Whether a measurement beats the best so far; one over other clips does, as there is nothing to compare. */
export function beats({ mel, clips }: Validation, best: BestCheckpoint | undefined): boolean {
  if (!best || !Number.isFinite(mel)) return Number.isFinite(mel);
  return !areSame(clips, best.clips) || mel < best.validation_mel_spec_error;
}

/**
 * By how much a run has made its weights worse: its mel error and that before the first step, over the same clips;
 * undefined where it has not.
 */
export function worseThanBegun(
  { mel, clips }: Validation,
  begun: ValidationRecord | undefined,
): string | undefined {
  if (!begun?.validation_clips) return undefined;
  const ids = begun.validation_clips.map(({ id }) => id);
  const before = begun.validation_mel_spec_error;
  if (!areSame(clips, ids) || !(mel > before)) return undefined;
  return `${before.toFixed(4)} before the first step, ${mel.toFixed(4)} now`;
}

export function bestOf(
  files: CheckpointFiles,
  { mel, clips }: Validation,
  extra: boolean,
): BestCheckpoint {
  return {
    number: files.number,
    generator: basename(files.average ?? files.generator),
    validation_mel_spec_error: mel,
    clips: clips.map(({ id }) => id),
    extra,
  };
}
