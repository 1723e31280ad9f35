import type { Context } from '../context.js';
import type { Job } from './plan-outputs.js';
import { writeAtomic } from './write-atomic.js';

/** Writes a result where it goes: a file, wholly or not at all, or stdout. */
export async function writeResult(
  { console }: Context,
  { output }: Pick<Job, 'output'>,
  bytes: Uint8Array,
): Promise<void> {
  if (output === '-') await console.result(bytes);
  else await writeAtomic(output, bytes);
}
