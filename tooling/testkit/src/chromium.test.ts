import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { findChromium } from './chromium.js';

const folder = mkdtempSync(join(tmpdir(), 'browsers '));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('finds a browser on the path, or the one that is named', () => {
  const program = join(folder, 'google-chrome');
  const PATH = ['/nowhere', folder].join(delimiter);
  expect(findChromium({ PATH })).toBeUndefined();
  writeFileSync(program, '');
  chmodSync(program, 0o755);
  expect(findChromium({ PATH })).toBe(program);
  expect(findChromium({ PATH, HIFIGAN_CHROMIUM: process.execPath })).toBe(process.execPath);
  expect(findChromium({ PATH, HIFIGAN_CHROMIUM: join(folder, 'none') })).toBeUndefined();
});
