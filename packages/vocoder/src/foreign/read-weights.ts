import { type NamedArrays, readSafetensors, recognizeFile } from '@hifigan/checkpoint';
import { ForeignError } from './foreign-error.js';
import type { ForeignFiles } from './foreign-files.js';
import type { Source } from './sources.js';

/** Arrays of a file of weights, and what it says of itself. */
export interface ForeignWeights {
  readonly arrays: NamedArrays;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * The arrays of a file of weights, whatever its format.
 *
 * @param where what to call it in errors
 * @throws FormatError where it is damaged, ForeignError where it is no file of weights
 */
export async function readWeights(
  files: ForeignFiles,
  name: string,
  _source: Source,
  where: string,
): Promise<ForeignWeights> {
  const bytes = await files.read(name);
  const found = recognizeFile(bytes);
  if (found?.kind === 'safetensors') return readSafetensors(bytes, where);
  throw new ForeignError(
    `${where}: ${found ? `is ${found.description} and ` : ''}must be weights (safetensors or PyTorch), because the generator is in them; name their file`,
  );
}
