import { exists } from '../files/write-atomic.js';

/**
 * What was probably meant by a checkpoint that is not there: the file without its ending, as the reference names it, or
 * the best of a run. To be put behind the reason; empty where nothing is near.
 *
 * @param path of `typed`, absolute
 */
export async function suggestCheckpoint(path: string, typed: string): Promise<string> {
  if (await exists(`${path}.safetensors`)) return `; did you mean ${typed}.safetensors?`;
  const [, run] = /^(.+):[^:/\\]*$/.exec(path) ?? [];
  if (run === undefined || !(await exists(run))) return '';
  return `; did you mean ${typed.slice(0, typed.lastIndexOf(':'))}:best?`;
}
