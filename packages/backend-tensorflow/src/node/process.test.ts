import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { requireNative } from '@hifigan/testkit';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { findAddon } from './addon-cache.js';
import { PROCESS } from './native-modules.js';
import { loadQuietly, withoutNotices } from './process.js';

const NOTICES = [
  'WARNING: All log messages before absl::InitializeLog() is called are written to STDERR\n',
  'I0000 00:00:1795414275.961694   11502 port.cc:153] oneDNN custom operations are on.\n',
  'W0000 00:00:1795414275.961694   11502 gpu_device.cc:2430] TensorFlow was not built with CUDA\n',
  '2026-11-23 06:00:00.123456: I tensorflow/core/platform/cpu_feature_guard.cc:210] optimized\n',
  'To enable the following instructions: AVX2 FMA, rebuild TensorFlow.\n',
];
const ERROR = 'E0000 00:00:1795414275.961694   11502 cuda_driver.cc:266] failed call to cuInit\n';

describe('messages of the native library', () => {
  it('are kept back where they are no errors', () => {
    expect(withoutNotices([...NOTICES, ERROR, 'terminate called\n'].join(''))).toBe(
      `${ERROR}terminate called\n`,
    );
    expect(withoutNotices('no line end')).toBe('no line end');
    expect(withoutNotices('')).toBe('');
  });

  it('all go through where the catcher is missing', () => {
    const folder = mkdtempSync(join(tmpdir(), 'hifigan-'));
    expect(loadQuietly(join(folder, 'tfjs_binding.node'), () => 7)).toBe(7);
    rmSync(folder, { recursive: true });
  });
});

const addon = findAddon();
const native = requireNative('the native TensorFlow addon', () => {
  if ('reason' in addon) return addon.reason;
  try {
    createRequire(import.meta.url)(join(dirname(addon.addon), PROCESS));
    return undefined;
  } catch {
    return `${PROCESS} is not beside it; build it: hifigan-gpu setup`;
  }
});

describe.skipIf(!native.available)('the catcher', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('catches what is written past JavaScript, and passes errors on', () => {
    const passed: unknown[] = [];
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => passed.push(text) > 0);
    const load = () => writeSync(2, [...NOTICES, ERROR].join(''));
    if ('addon' in addon) loadQuietly(addon.addon, load);
    expect(passed).toEqual([ERROR]);
  });

  it('gives the standard error back where loading fails', () => {
    const passed: unknown[] = [];
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => passed.push(text) > 0);
    const load = () => {
      writeSync(2, ERROR);
      throw new Error('undefined symbol');
    };
    for (let time = 0; time < 2; time++) {
      expect(() => 'addon' in addon && loadQuietly(addon.addon, load)).toThrow('undefined symbol');
    }
    expect(passed).toEqual([ERROR, ERROR]);
  });

  it('has signals handled, but not on the main thread', () => {
    const path = 'addon' in addon ? join(dirname(addon.addon), PROCESS) : '';
    const script = `
      require(${JSON.stringify(path)}).keepSignalsAway();
      const status = require('node:fs').readFileSync('/proc/thread-self/status', 'utf8');
      process.on('SIGINT', () => process.exit(7));
      console.log(/SigBlk:\\s*(\\w+)/.exec(status)[1]);
      process.kill(process.pid, 'SIGINT');
      setTimeout(() => {}, 20000);`;
    const { status, stdout } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });
    expect(status).toBe(7);
    expect(Number.parseInt(stdout, 16) & (1 << (constants.signals.SIGINT - 1))).not.toBe(0);
  });
});
