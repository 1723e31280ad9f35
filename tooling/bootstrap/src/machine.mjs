// By its default: a Node without statfsSync must come as far as being refused by name.
import fs from 'node:fs';
import { Failure } from './failure.mjs';

/** @typedef {{engines: {node: string}, packageManager: string}} RootManifest */

/**
 * @param {string} version such as `v20.11.1`
 * @param {string} wanted such as `>=20`
 */
export function checkNode(version, wanted) {
  const needed = Number(/>=\s*(\d+)/.exec(wanted)?.[1]);
  const major = Number(/^v?(\d+)\./.exec(version)?.[1]);
  if (!(major >= needed)) {
    throw new Failure(
      `node: version=${version} must be ${needed} or later, because the sources use what came with it. ` +
        'Install a current Node (https://nodejs.org) and run the command again.',
    );
  }
}

/**
 * @param {string} folder
 * @param {number} needed bytes
 * @param {string} what for the message
 * @param {(folder: string) => number} [free] bytes
 */
export function checkDisk(folder, needed, what, free = freeBytes) {
  const bytes = free(folder);
  if (bytes < needed) {
    throw new Failure(
      `disk: free=${gigabytes(bytes)} in ${folder} must be at least ${gigabytes(needed)}, because ${what}. ` +
        'Free some space and run the command again.',
    );
  }
}

/** @param {string} folder */
function freeBytes(folder) {
  const { bavail, bsize } = fs.statfsSync(folder);
  return bavail * bsize;
}

/** @param {number} bytes */
const gigabytes = (bytes) => `${(bytes / 1e9).toFixed(1)} GB`;
