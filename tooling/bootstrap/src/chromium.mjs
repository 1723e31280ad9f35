import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { advice } from './advice.mjs';
import { Failure } from './failure.mjs';
import { run } from './process.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'chrome'];

/**
 * The browser that pages are tested in: `HIFIGAN_CHROMIUM`, else the first on the path. The rule of the testkit, which
 * is not installed yet.
 *
 * @param {NodeJS.ProcessEnv} [environment]
 * @returns {string | undefined}
 */
export function findChromium({ HIFIGAN_CHROMIUM: own, PATH = '' } = process.env) {
  const folders = PATH.split(delimiter).filter(Boolean);
  const places = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return (own ? [own] : places).find(isProgram);
}

/**
 * Has Debian's Chromium installed where there is none and this user may.
 *
 * @param {NodeJS.ProcessEnv} env
 */
export async function setUpChromium(env) {
  if (findChromium(env)) return;
  const packages = ['--yes', '--quiet', '--no-install-recommends', 'install', 'chromium'];
  for (const args of [['--quiet', 'update'], packages]) {
    const noQuestions = { ...env, DEBIAN_FRONTEND: 'noninteractive' };
    const { code, tail } = await run('apt-get', args, { env: noQuestions, quiet: true });
    if (code === 0) continue;
    throw new Failure(
      `chromium: it must be on the path, because pages are tested in it, and apt-get ${args.join(' ')} failed ` +
        `(exit code ${code}). ${advice(tail) || 'Install it, or set HIFIGAN_CHROMIUM to its path.'}\n${tail}`,
    );
  }
}

/** @param {string} path */
function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
