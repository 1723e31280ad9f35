import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Availability, requireNative } from './native.js';

/** The interpreter of the judges' Python environment, whether or not it is there. */
export function judgesPython(environment: NodeJS.ProcessEnv = process.env): string {
  const { HIFIGAN_CACHE: own, XDG_CACHE_HOME: shared } = environment;
  const cache = own
    ? resolve(own)
    : join(shared ? resolve(shared) : join(homedir(), '.cache'), 'hifigan');
  return join(cache, 'judges', 'bin', 'python');
}

/**
 * Whether the judges (PyTorch, librosa, STOI, …: `tooling/reference-python/requirements.txt`) can be
 * asked; `CI=true npm test` sets them up.
 */
export function requireJudges(): Availability {
  const python = judgesPython();
  return requireNative('Python environment of the judges', () =>
    existsSync(python) ? undefined : `there is no ${python}; CI=true npm test makes it`,
  );
}
