import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { judgesPython, requireNative } from './index.js';

describe('requireNative', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'native-'));
    vi.spyOn(process, 'cwd').mockReturnValue(folder);
    vi.spyOn(console, 'warn').mockReturnValue(undefined);
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  });

  it('notes why tests are skipped', () => {
    vi.stubEnv('CI', '');
    expect(requireNative('Open MPI', () => 'no mpirun')).toEqual({
      available: false,
      reason: 'no mpirun',
    });
    expect(JSON.parse(readFileSync(join(folder, 'reports/missing/open-mpi.json'), 'utf8'))).toEqual(
      { what: 'Open MPI', reason: 'no mpirun' },
    );
  });

  it('fails in continuous integration', () => {
    vi.stubEnv('CI', 'true');
    expect(() => requireNative('Open MPI', () => 'no mpirun')).toThrow(
      'Open MPI is missing: no mpirun; with CI=true it must be there',
    );
  });

  it('says nothing of what is there', () => {
    expect(requireNative('Open MPI', () => undefined)).toEqual({ available: true });
    expect(existsSync(join(folder, 'reports'))).toBe(false);
  });
});

describe('judgesPython', () => {
  it('lies in the cache that the environment names', () => {
    expect(judgesPython({ HIFIGAN_CACHE: '/a' })).toBe('/a/judges/bin/python');
    expect(judgesPython({ XDG_CACHE_HOME: '/b' })).toBe('/b/hifigan/judges/bin/python');
  });
});
