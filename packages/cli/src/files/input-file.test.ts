import type { FileHandle } from 'node:fs/promises';
import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inFolder, runMain } from '../testing/run-main.js';
import { readRange } from './input-file.js';

const GIB = 2 ** 30;

/** A file of that size, of which only the first bytes take place on the disk. */
async function writeSparse(path: string, head: string, size: number): Promise<void> {
  await writeFile(path, head, 'latin1');
  const file = await open(path, 'r+');
  await file.truncate(size);
  await file.close();
}

describe('files beyond 2 GiB', () => {
  it('are read in parts that the system takes', async () => {
    const asked: { at: number; length: number; position: number }[] = [];
    // Nothing is put into the bytes, so that they take no memory.
    const handle = {
      async read(_: Uint8Array, at: number, length: number, position: number) {
        asked.push({ at, length, position });
        return { bytesRead: length };
      },
    } as unknown as FileHandle;
    const bytes = await readRange(handle, 100, 100 + 2.5 * GIB);
    expect(bytes.length).toBe(2.5 * GIB);
    expect(asked).toEqual([
      { at: 0, length: GIB, position: 100 },
      { at: GIB, length: GIB, position: 100 + GIB },
      { at: 2 * GIB, length: GIB / 2, position: 100 + 2 * GIB },
    ]);
  });

  it('are told by their beginning, and are refused where only the whole would tell more', () =>
    inFolder(async (cwd) => {
      const info = async (name: string, head: string) => {
        await writeSparse(join(cwd, name), head, 2.9e9);
        return runMain(['info', name], { cwd });
      };
      const unknown = await info('unknown.bin', '\x01\x02');
      expect(unknown.code).toBe(1);
      expect(unknown.stderr).toMatch(/unknown\.bin: neither a recording/);
      for (const [name, head] of [
        ['long.wav', 'RIFF\0\0\0\0WAVEfmt '],
        ['long.flac', 'fLaC'],
      ]) {
        const { code, stderr } = await info(name, head);
        expect(code, stderr).toBe(1);
        expect(stderr).toContain(`${name}: has 2.9 GB, and must have 1.1 GB at most`);
        expect(stderr).toContain('cut off a part and give that');
      }
      const log = await info('log.ndjson', '{');
      expect(log.stderr).toContain('log.ndjson: has 2.9 GB, and must have 268 MB at most');
    }));
});
