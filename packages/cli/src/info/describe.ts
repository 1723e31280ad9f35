import { stat } from 'node:fs/promises';
import type { HifiGanConfig } from '@hifigan/config';
import { type Context, pathOf } from '../context.js';
import { REASONS, UserError } from '../errors.js';
import { withInputFile } from '../files/input-file.js';
import { presetOf } from '../files/load-config.js';
import { describeConfig } from './describe-config.js';
import { describeFolder } from './describe-folder.js';
import { fileDescribers } from './file-describers.js';

/** What a file or folder is: its kind, and facts by name, in the order in which they are shown. */
export interface Description {
  readonly kind: string;
  readonly facts: Readonly<Record<string, unknown>>;
  /** The same for people; names as in `facts`. */
  readonly shown: readonly (readonly [string, string])[];
  /** Where it is or has a generator, or the plan of one: it is drawn. */
  readonly generator?: HifiGanConfig;
}

/** What files can be told, by {@link fileDescribers}. */
const KNOWN =
  'a recording, arrays (.npy, .npz), weights (safetensors, PyTorch, .nemo), an exported model (.onnx), a log (.ndjson) nor JSON that is known (a configuration, manifest, card, report or mel profile)';

/** @throws UserError where it is nothing that we know, ConfigError or FormatError where it is broken */
export async function describe(context: Context, typed: string): Promise<Description> {
  if (typed !== '-') {
    const about = await stat(pathOf(context, typed)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw new UserError(
        `${typed}: cannot be read: ${REASONS[error.code ?? ''] ?? error.message}`,
      );
    });
    const preset = about ? undefined : presetOf(typed);
    if (preset) return describeConfig(JSON.stringify(preset), typed);
    if (about?.isDirectory()) return describeFolder(context, typed);
  }
  return withInputFile(context, typed, async (file) => {
    for (const describer of fileDescribers) {
      const description = await describer(context, file);
      if (description) return description;
    }
    const { found } = file;
    throw new UserError(
      `${typed}: ${found ? `it is ${found.description}, and ` : ''}neither ${KNOWN}; check the path`,
    );
  });
}
