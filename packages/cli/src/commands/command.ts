import type { Command } from 'commander';
import type { Context } from '../context.js';

/**
 * Adds one verb to the program.
 *
 * @param setExitCode for work that ended, but not wholly well (some files failed)
 */
export type RegisterCommand = (
  program: Command,
  context: Context,
  setExitCode: (code: number) => void,
) => void;
