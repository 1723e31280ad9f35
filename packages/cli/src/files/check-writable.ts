import { accessSync, constants, type Stats, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { probeFolder } from '@hifigan/train/node';
import { REASONS, UserError } from '../errors.js';
import { partialOf } from './write-atomic.js';

/** A file that is to be written: absolute, and as the user knows it. */
export interface Output {
  readonly path: string;
  readonly shown: string;
}

/**
 * Whether files can be written, as far as can be known before: asked before the work begins, so that none is lost.
 * Leaves nothing behind.
 *
 * @param outputs `-` is stdout and always can
 * @throws FolderError or UserError naming the file and the cure
 */
export function checkWritable(outputs: readonly Output[]): void {
  const folders = new Set<string>();
  for (const { path, shown } of outputs) {
    if (path === '-' || isDevice(path, shown)) continue;
    const folder = dirname(path);
    if (folders.has(folder)) continue;
    folders.add(folder);
    probeFolder(folder, shown);
  }
  for (const { path, shown } of outputs) {
    // Only this is asked of each: what it is called until it is whole is longer than its name.
    if (path === '-') continue;
    if (look(join(dirname(path), partialOf(basename(path)))).code === 'ENAMETOOLONG') {
      throw new UserError(`${shown}: cannot be written: ${REASONS.ENAMETOOLONG}`);
    }
  }
}

/** A device or pipe, which is written to as it is. @throws UserError where it cannot be */
function isDevice(path: string, shown: string): boolean {
  const { found } = look(path);
  if (!found || found.isFile() || found.isDirectory()) return false;
  try {
    accessSync(path, constants.W_OK);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UserError(`${shown}: cannot be written: ${REASONS[code ?? ''] ?? message}`);
  }
  return true;
}

function look(path: string): { readonly found?: Stats; readonly code?: string } {
  try {
    return { found: statSync(path) };
  } catch (error) {
    return { code: (error as NodeJS.ErrnoException).code };
  }
}
