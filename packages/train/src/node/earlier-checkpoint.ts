import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { readSafetensors } from '@hifigan/checkpoint';
import type { CheckpointFiles } from './run-folder.js';

/**
 * The cure where the newest checkpoint is lost and one before it is whole.
 *
 * @param lost names of files that stand in its way
 * @param earlier the oldest first
 * @returns `remove … and the same command goes on from …`; undefined where none can be read
 */
export async function adviseEarlier(
  lost: readonly string[],
  earlier: readonly CheckpointFiles[],
): Promise<string | undefined> {
  for (const files of [...earlier].reverse()) {
    if ((await isSound(files.generator)) && (await isSound(files.training))) {
      return `remove ${lost.join(' and ')}, and the same command goes on from ${basename(files.generator)}`;
    }
    lost = [...lost, basename(files.generator), basename(files.training)];
  }
  return undefined;
}

async function isSound(path: string): Promise<boolean> {
  try {
    readSafetensors(await readFile(path), path);
    return true;
  } catch {
    return false;
  }
}
