import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Context } from '../context.js';
import { UsageError } from '../errors.js';
import { inFolder } from '../testing/run-main.js';
import type { FoundFile } from './find-files.js';
import { planOutputs } from './plan-outputs.js';

/** A folder with two recordings, and plans in it. */
const inWorkshop = (
  work: (
    plan: (inputs: readonly string[], out: string, force?: boolean) => Promise<unknown>,
    cwd: string,
  ) => Promise<void>,
) =>
  inFolder(async (cwd) => {
    await mkdir(join(cwd, 'in', 'deep'), { recursive: true });
    await writeFile(join(cwd, 'in', 'a.wav'), 'first');
    await writeFile(join(cwd, 'in', 'b.wav'), 'second');
    // `path`, or `path|out` as in a list.
    const fileOf = (typed: string): FoundFile => {
      const [shown, named] = typed.split('|');
      const relative = shown.replace(/^.*\//, '');
      return {
        path: join(cwd, shown),
        shown,
        relative,
        fromFolder: false,
        ...(named && { named }),
      };
    };
    // Nothing else of a context is looked at.
    const context = { cwd } as Context;
    await work(
      (inputs, out, force = false) =>
        planOutputs(context, inputs.map(fileOf), { out, extension: '.wav', force }),
      cwd,
    );
    expect(await readFile(join(cwd, 'in', 'a.wav'), 'utf8')).toBe('first');
    expect(await readFile(join(cwd, 'in', 'b.wav'), 'utf8')).toBe('second');
  });

describe('where results go', () => {
  it('is refused where two would become one', () =>
    inWorkshop(async (plan, cwd) => {
      const meeting = plan(['in/a.wav', 'in/deep/a.flac'], 'out');
      await expect(meeting).rejects.toBeInstanceOf(UsageError);
      await expect(meeting).rejects.toThrow(
        /^in\/a\.wav and in\/deep\/a\.flac: both would become out.a\.wav; do them one after the other/,
      );
      expect(await readdir(cwd)).toEqual(['in']);
      expect(await plan(['in/a.wav', 'in/b.wav'], 'out')).toMatchObject([
        { output: join(cwd, 'out', 'a.wav') },
        { output: join(cwd, 'out', 'b.wav') },
      ]);
    }));

  it('is refused where an input lies, by whatever name, whoever asks', () =>
    inWorkshop(async (plan, cwd) => {
      await symlink(join(cwd, 'in', 'a.wav'), join(cwd, 'to-a.wav'));
      await symlink(join(cwd, 'in'), join(cwd, 'to-in'));
      for (const force of [false, true]) {
        for (const [inputs, out] of [
          [['in/a.wav'], 'in/a.wav'],
          [['in/a.wav'], 'in'],
          [['in/a.wav'], 'to-in/a.wav'],
          [['in/a.wav'], 'to-a.wav'],
          [['to-a.wav'], 'in/a.wav'],
        ] as const) {
          const planned = plan(inputs, out, force);
          await expect(planned, `${inputs} to ${out}`).rejects.toBeInstanceOf(UsageError);
          await expect(planned).rejects.toThrow(/is the input itself, which is never written over/);
        }
      }
    }));

  it('is refused where another input lies, though it be read before', () =>
    inWorkshop(async (plan) => {
      for (const force of [false, true]) {
        for (const inputs of [
          ['x/q.npy|b', 'in/b.wav|c'],
          ['in/b.wav|c', 'x/q.npy|b'],
        ]) {
          await expect(plan(inputs, 'in', force)).rejects.toThrow(
            /^in.b\.wav: is an input as well \(in\/b\.wav\), which is never written over/,
          );
        }
      }
      expect(await plan(['x/q.npy|d', 'in/b.wav|c'], 'in')).toHaveLength(2);
    }));
});
