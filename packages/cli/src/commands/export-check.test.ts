import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ByteSource } from '@hifigan/checkpoint';
import { expect, it, vi } from 'vitest';
import { runMain } from '../testing/run-main.js';
import { inSynthWorkshop } from '../testing/synth.js';

// A disk that lies: the last byte of what is read back is another.
vi.mock('../files/open-source.js', async (original) => {
  const { openSource } = await original<typeof import('../files/open-source.js')>();
  return {
    async openSource(...given: Parameters<typeof openSource>): Promise<ByteSource> {
      const { size, read } = await openSource(...given);
      return {
        size,
        async read(start, end) {
          const bytes = Uint8Array.from(await read(start, end));
          if (end === size) bytes[bytes.length - 1] ^= 1;
          return bytes;
        },
      };
    },
  };
});

it('export --force leaves the earlier file where what was written is not what is read', () =>
  inSynthWorkshop(async (cwd) => {
    await writeFile(join(cwd, 'model.onnx'), 'earlier');
    const before = await readdir(cwd);
    const onnx = await runMain(['export', 'run', '-o', 'model.onnx', '--force'], { cwd });
    expect(onnx).toMatchObject({ code: 1, stdout: '' });
    expect(onnx.stderr).toMatch(/^error: model\.onnx: is not what was written; check the disk/m);
    expect(await readFile(join(cwd, 'model.onnx'), 'utf8')).toBe('earlier');
    const saved = await runMain(['export', 'run', '-o', 'saved'], { cwd });
    expect(saved.stderr).toMatch(/^error: saved: is not what was written/m);
    expect(await readdir(cwd)).toEqual(before);
  }));
