import type { RecordOptions, RunRecord } from '@hifigan/train/node';
import type { Command } from 'commander';
import type { Context } from '../context.js';
import { explain } from '../errors.js';

/** What {@link addRecordOptions} adds. */
export interface RecordFlags {
  readonly tensorboard: boolean;
  readonly ndjson?: boolean;
  readonly measures: boolean;
}

/** Adds what a training records, and for whom. */
export function addRecordOptions(command: Command): Command {
  return command
    .option(
      '--no-measures',
      'of held-out clips measure the mel error alone, without STOI, pitch and the other measures of @hifigan/metrics, which look at the first ten seconds of each',
    )
    .option('--no-tensorboard', 'write no event files for TensorBoard into logs/ of the run')
    .option(
      '--json-lines, --ndjson',
      'a JSON object a line on stdout: a step each --stdout_interval, each validation, and the result',
    );
}

/** @returns for `runTraining` */
export function recordsFrom(
  { tensorboard, ndjson, measures }: RecordFlags,
  context: Context,
): RecordOptions {
  return {
    tensorboard,
    ...(!measures && { measure: false as const }),
    ...(ndjson && { onRecord: linesOnStdout(context) }),
  };
}

/** A reader that goes away, or a disk that is full, ends the lines and not the training. */
function linesOnStdout({ console }: Context): (record: RunRecord) => void {
  let open = true;
  return (record) => {
    if (!open) return;
    console.result(JSON.stringify(record)).catch((error: unknown) => {
      if (open) console.warn(`no more lines on stdout: ${explain(error)}; the training goes on`);
      open = false;
    });
  };
}
