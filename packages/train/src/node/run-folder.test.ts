import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeSafetensors } from '@hifigan/checkpoint';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { inFolder } from '../testing/in-folder.js';
import { RunFolder } from './run-folder.js';

/** What happens to the next changes of files; reset for each test. */
const disk = vi.hoisted(() => ({
  /** Changes until the power fails; from then on nothing works, not even tidying up. */
  changesLeft: Number.POSITIVE_INFINITY,
  changes: 0,
  /** Ending of the file that does not fit. */
  full: undefined as string | undefined,
}));

vi.mock('node:fs', async (original) => {
  const real = await original<typeof import('node:fs')>();
  // A draft is made at once, empty.
  const openSync: typeof real.openSync = (path, flags, mode) => {
    if (flags === 'w') {
      disk.changes++;
      if (--disk.changesLeft < 0) throw new Error('killed');
    }
    return real.openSync(path, flags, mode);
  };
  return { ...real, openSync };
});

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  const change = async <T>(work: () => Promise<T>): Promise<T> => {
    disk.changes++;
    if (--disk.changesLeft < 0) throw new Error('killed');
    return work();
  };
  const noSpace = () => Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' });
  const open: typeof real.open = async (path, flags, mode) => {
    const file = await real.open(path, flags, mode);
    if (flags !== 'r+') return file;
    const write = file.writeFile.bind(file);
    file.writeFile = async (bytes, options) => {
      const half = Buffer.from(bytes as Uint8Array).subarray(0, 3);
      if (disk.full && String(path).includes(disk.full)) {
        await write(half);
        throw noSpace();
      }
      // A kill in the middle of a file leaves the first half of it.
      await change(() => write(half));
      await change(() => file.truncate(0));
      await change(() => file.write(Buffer.from(bytes as Uint8Array), 0, undefined, 0));
      void options;
    };
    return file;
  };
  return {
    ...real,
    open,
    rename: (from: string, to: string) => change(() => real.rename(from, to)),
    rm: (path: string, options: object) => change(() => real.rm(path, options)),
  };
});

function powerOn(): void {
  disk.changesLeft = Number.POSITIVE_INFINITY;
  disk.changes = 0;
  disk.full = undefined;
}

beforeEach(powerOn);

const bytes = (text: string) => new TextEncoder().encode(text);

/** Writes a checkpoint and tidies up, as a run does. */
async function save(
  folder: RunFolder,
  number: number,
  keep: number,
  averaged = false,
): Promise<void> {
  await folder.write(number, {
    generator: bytes(`generator ${number}`),
    training: bytes(`training ${number}`),
    ...(averaged && { average: bytes(`average ${number}`) }),
  });
  await folder.prune(keep);
}

/** The number of the checkpoint that a run would go on from, whose two files must be of one kind. */
async function latestOf(path: string): Promise<number | undefined> {
  const latest = await (await RunFolder.open(path)).latest();
  if (!latest) return undefined;
  expect(await readFile(latest.generator, 'utf8')).toBe(`generator ${latest.number}`);
  expect(await readFile(latest.training, 'utf8')).toBe(`training ${latest.number}`);
  return latest.number;
}

describe('a kill before any change of a file', () => {
  test.each([
    { before: [], averaged: false, expected: [undefined, 7] },
    { before: [3, 5], averaged: false, expected: [5, 7] },
    { before: [3, 5], averaged: true, expected: [5, 7] },
  ])(
    'with checkpoints $before (averages: $averaged): the last whole one is gone on from',
    async (given) => {
      const { averaged } = given;
      let moments = 0;
      const met = new Set<number | undefined>();
      for (let moment = 0; moment <= moments; moment++) {
        await inFolder(async (path) => {
          powerOn();
          const folder = await RunFolder.open(path);
          for (const number of given.before) await save(folder, number, 2, averaged);
          disk.changes = 0;
          disk.changesLeft = moment;
          await save(folder, 7, 2, averaged).catch(() => undefined);
          moments = Math.max(moments, disk.changes);
          powerOn();
          const found = await latestOf(path);
          met.add(found);
          if (averaged) {
            const average = join(path, `ema_0000000${found}.safetensors`);
            expect(await readFile(average, 'utf8'), `after ${moment}`).toBe(`average ${found}`);
          }
          expect(given.expected, `after ${moment} changes`).toContain(found);

          // The run that goes on leaves nothing but whole checkpoints.
          await save(await RunFolder.open(path), 9, 2, averaged);
          expect(await latestOf(path)).toBe(9);
          const names = await readdir(path);
          expect(names.filter((name) => name.endsWith('.tmp'))).toEqual([]);
          expect(names.length).toBe(
            (await (await RunFolder.open(path)).checkpoints()).length * (averaged ? 3 : 2),
          );
        });
      }
      expect(moments).toBeGreaterThan(8);
      expect(met).toEqual(new Set(given.expected));
    },
  );
});

describe('a full disk', () => {
  test.each(['do_00000007', 'g_00000007'])('met by %s changes nothing', async (full) => {
    await inFolder(async (path) => {
      const folder = await RunFolder.open(path);
      await save(folder, 5, 2);
      const before = await readdir(path);
      disk.full = full;
      await expect(save(folder, 7, 2)).rejects.toThrow(
        new RegExp(
          `${full}.safetensors: not written, because the disk is full;.*run the same command again`,
        ),
      );
      expect(await readdir(path)).toEqual(before);
      expect(await latestOf(path)).toBe(5);
    });
  });
});

describe('latest', () => {
  test('is nothing in a new folder; among several, the highest number and not the last name', async () => {
    await inFolder(async (path) => {
      const folder = await RunFolder.open(path);
      expect(await folder.latest()).toBeUndefined();
      for (const number of [99_999_999, 100_000_000, 5]) await save(folder, number, 9);
      expect((await folder.latest())?.number).toBe(100_000_000);
    });
  });

  test.each([
    { half: 'g_00000009.safetensors', alone: false },
    { half: 'do_00000009.safetensors', alone: false },
    { half: 'g_00000009.safetensors', alone: true },
    { half: 'do_00000009.safetensors', alone: true },
  ])('refuses to pass over $half without its other half (alone: $alone)', async (given) => {
    await inFolder(async (path) => {
      const folder = await RunFolder.open(path);
      if (!given.alone) await save(folder, 5, 2);
      await writeFile(join(path, given.half), 'x');
      await expect(folder.latest()).rejects.toThrow(
        new RegExp(`${given.half} must have its other half beside it.*--init-from`),
      );
    });
  });

  test.each(['g', 'do'])('names the whole checkpoint before a %s_ that is alone', async (half) => {
    await inFolder(async (path) => {
      const folder = await RunFolder.open(path);
      const whole = writeSafetensors(new Map());
      await folder.write(3, { generator: whole, training: whole });
      await folder.write(5, { generator: whole, training: bytes('words') });
      await writeFile(join(path, `${half}_00000009.safetensors`), 'x');
      await expect(folder.latest()).rejects.toThrow(
        `; or remove ${half}_00000009.safetensors and g_00000005.safetensors and do_00000005.safetensors, and the same command goes on from g_00000003.safetensors`,
      );
    });
  });

  test('an old generator that was kept alone does not matter', async () => {
    await inFolder(async (path) => {
      const folder = await RunFolder.open(path);
      await writeFile(join(path, 'g_00000002.safetensors'), 'x');
      await save(folder, 5, 1);
      expect(await latestOf(path)).toBe(5);
      expect(await readdir(path)).toContain('g_00000002.safetensors');
    });
  });

  test('ours without their ending get the cure, and not the blame', async () => {
    await inFolder(async (path) => {
      const ours = writeSafetensors(new Map(), { format: 'hifigan-generator' });
      await writeFile(join(path, 'g_00000005'), ours);
      await expect(RunFolder.open(path)).rejects.toThrow(
        /g_00000005 must end in \.safetensors, .* give them that ending back$/,
      );
      await writeFile(join(path, 'do_00000005'), 'PK');
      await expect(RunFolder.open(path)).rejects.toThrow(/do_00000005, g_00000005 must not be/);
    });
  });

  test('checkpoints of the reference’s trainer are refused by name', async () => {
    await inFolder(async (path) => {
      await writeFile(join(path, 'g_02500000'), 'x');
      await expect(RunFolder.open(path)).rejects.toThrow(/g_02500000 must not be there/);
    });
  });
});

test('prune keeps the best besides the last', async () => {
  await inFolder(async (path) => {
    const folder = await RunFolder.open(path);
    for (const number of [1, 3, 5, 7]) await save(folder, number, 9, true);
    await folder.prune(1, 3);
    expect((await folder.checkpoints()).map(({ number }) => number)).toEqual([3, 7]);
    expect(await readdir(path)).toHaveLength(6);
    // The last is the best: the one before it stays.
    await save(folder, 9, 9);
    await folder.prune(1, 9);
    expect((await folder.checkpoints()).map(({ number }) => number)).toEqual([7, 9]);
  });
});

test('prune keeps the last checkpoints and everything that is none', async () => {
  await inFolder(async (path) => {
    const folder = await RunFolder.open(path);
    for (const number of [1, 3, 5, 7]) await save(folder, number, 9);
    await writeFile(join(path, 'notes.txt'), 'x');
    await folder.prune(2);
    expect((await readdir(path)).sort()).toEqual([
      'do_00000005.safetensors',
      'do_00000007.safetensors',
      'g_00000005.safetensors',
      'g_00000007.safetensors',
      'notes.txt',
    ]);
  });
});
