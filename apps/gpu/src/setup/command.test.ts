import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FolderError, LockHeldError, WriteError } from '@hifigan/train/node';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { setupCommand } from './command.js';
import { setup } from './setup.js';
import { SetupError } from './setup-error.js';

vi.mock('./setup.js', async (original) => {
  const actual = await original<typeof import('./setup.js')>();
  return { ...actual, setup: vi.fn(actual.setup) };
});

const never = new AbortController().signal;

let cache: string;
let errors: string;

beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'hifigan-gpu-'));
  errors = '';
  vi.stubEnv('HIFIGAN_CACHE', cache);
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    errors += text;
    return true;
  });
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  rmSync(cache, { recursive: true, force: true });
});

describe('the verb setup', () => {
  it('is used rightly', async () => {
    expect(await setupCommand(['--help'], never)).toBe(0);
    expect(await setupCommand(['--speed'], never)).toBe(2);
    expect(errors).toMatch(/--speed/);
    expect(await setupCommand(['--cpu', '--cuda'], never)).toBe(2);
    expect(errors).toContain('only one of --tensorflow, --cpu and --cuda');
  });

  it.skipIf(process.platform !== 'linux')('takes paths from where the user stands', async () => {
    vi.stubEnv('npm_package_name', 'hifigan-typescript');
    vi.stubEnv('INIT_CWD', cache);
    expect(await setupCommand(['--tensorflow', 'mine'], never)).toBe(1);
    expect(errors).toContain(`--tensorflow ${join(cache, 'mine')} must be the folder`);
  });

  it.each([
    [new DOMException('aborted', 'AbortError'), 130, /^interrupted; finished stages are kept/],
    [new SetupError('the disk is full'), 1, /^the disk is full\n$/],
  ])('after Ctrl-C tells what became of it: %s', async (error, code, told) => {
    vi.mocked(setup).mockImplementationOnce(async ({ signal }) => {
      expect(signal.aborted).toBe(true);
      throw error;
    });
    expect(await setupCommand([], AbortSignal.abort())).toBe(code);
    expect(errors).toMatch(told);
  });

  const full = Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' });
  it.each([
    [new WriteError('/c/setup.lock', full), '/c/setup.lock: not written, because the disk is full'],
    [new FolderError('/c: cannot be written, because …'), '/c: cannot be written, because …'],
    [new LockHeldError('/c/setup.lock', undefined), '/c/setup.lock: is held by another process'],
  ])('tells plainly, without a stack: %s', async (error, told) => {
    vi.mocked(setup).mockRejectedValueOnce(error);
    expect(await setupCommand([], never)).toBe(1);
    expect(errors.startsWith(told)).toBe(true);
    expect(errors.trim().split('\n')).toHaveLength(1);
  });
});
