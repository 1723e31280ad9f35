import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { damageOf } from './native-file.js';
import { elfFile } from './testing/elf-file.js';

const folder = mkdtempSync(join(tmpdir(), 'hifigan-'));
afterAll(() => rmSync(folder, { recursive: true }));

function damageOfBytes(bytes: Uint8Array): string | undefined {
  const path = join(folder, 'x.node');
  writeFileSync(path, bytes);
  return damageOf(path)?.replace(path, 'x');
}

describe.runIf(process.platform === 'linux')('damageOf', () => {
  it('finds nothing wrong with what the system has loaded, and misses what a copy lacks', () => {
    expect(damageOf(process.execPath)).toBeUndefined();
    const start = new Uint8Array(100_000);
    const file = openSync(process.execPath, 'r');
    readSync(file, start, 0, start.length, 0);
    closeSync(file);
    expect(damageOfBytes(start)).toMatch(
      /^x is cut off: it has 100000 bytes and must have \d{7,}$/,
    );
  });

  it('holds the size against the header, the segments and the table of sections', () => {
    expect(damageOfBytes(elfFile(5000))).toBeUndefined();
    expect(damageOfBytes(elfFile(5000).subarray(0, 4999))).toMatch(/cut off: .* have 5000$/);
    expect(damageOfBytes(elfFile(5000).subarray(0, 30))).toMatch(/cut off: .* have 64$/);
    const stripped = elfFile(5000);
    stripped.fill(0, 40, 48);
    stripped.fill(0, 58, 62);
    expect(damageOfBytes(stripped.subarray(0, 2000))).toBeUndefined();
    expect(damageOfBytes(stripped.subarray(0, 1999))).toMatch(/cut off: .* have 2000$/);
  });

  it('tells other files, and those that are not there', () => {
    for (const bytes of [new Uint8Array(0), Uint8Array.of(0x7f, 0x45), new Uint8Array(5000)]) {
      expect(damageOfBytes(bytes)).toBe('x is no native library');
    }
    expect(damageOf(join(folder, 'none'))).toBe(`${join(folder, 'none')} is missing`);
    expect(damageOf(folder)).toMatch(/ cannot be read: EISDIR/);
  });
});
