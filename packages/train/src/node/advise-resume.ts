import { WriteError } from './write-file.js';

/** For `catch`: throws on, and where the disk is full says how a run goes on afterwards. */
export function adviseResume(error: unknown): never {
  if (!(error instanceof WriteError && error.diskIsFull)) throw error;
  throw new Error(`${error.message} and run the same command again`, { cause: error });
}
