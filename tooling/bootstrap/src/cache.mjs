import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { findChromium } from './chromium.mjs';
import { findMpi } from './mpi.mjs';

/**
 * The cache of all that is built for this machine: `HIFIGAN_CACHE`, else `XDG_CACHE_HOME/hifigan`,
 * else `~/.cache/hifigan`. The rule of @hifigan/backend-tensorflow/node, which is not installed yet.
 *
 * @param {NodeJS.ProcessEnv} [environment]
 */
export function cacheFolder(environment = process.env) {
  const { HIFIGAN_CACHE: own, XDG_CACHE_HOME: shared } = environment;
  if (own) return resolve(own);
  return join(shared ? resolve(shared) : join(homedir(), '.cache'), 'hifigan');
}

/** Where the judges' environment says what it was made from. */
export const JUDGES_MARKER = 'requirements.sha256';

/**
 * A name for what is on this machine beyond the repository. Turbo's cache keys hold it, so that tests
 * which were skipped for want of a tool run once it is there.
 *
 * @param {string} [cache]
 */
export function nativeTools(cache = cacheFolder()) {
  const hash = createHash('sha256').update(
    `${process.version} ${process.platform} ${process.arch} ${findChromium() ?? ''} ${findMpi().join()}`,
  );
  for (const file of ['tensorflow-addon.json', join('judges', JUDGES_MARKER)]) {
    const path = join(cache, file);
    hash.update(`\0${file}\0${existsSync(path) ? readFileSync(path, 'utf8') : ''}`);
  }
  return hash.digest('hex').slice(0, 16);
}
