import { existsSync, readdirSync, rmSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { main } from '../main.js';
import { BASE, generatorOf, inTrainWorkshop, interruptAfter, MEL_ONLY } from '../testing/train.js';
import { startTraining, until } from '../testing/train-process.js';

describe('Ctrl-C', () => {
  test('saves, ends with 130, and the same command goes on; no time left without an end', async () => {
    await inTrainWorkshop(async (train, folder, run) => {
      const host = interruptAfter(12);
      const { code, stdout, stderr } = await run([...BASE, '--stdout_interval', '1'], host);
      expect(code).toBe(130);
      expect(stdout).toBe('');
      expect(stderr).toMatch(
        /error: interrupted after \d+ steps?; saved .*g_\d+\.safetensors; the same command goes on from there\n$/,
      );
      expect(stderr).toMatch(/^step 1, .* (steps\/s|s a step)$/m);
      expect(stderr).not.toContain(' left');
      const steps = Number(/interrupted after (\d+)/.exec(stderr)?.[1]);
      expect(existsSync(generatorOf(folder, steps - 1))).toBe(true);
      const again = await train(...BASE, '--max-steps', String(steps + 1));
      expect(again.stderr).toContain(`${steps} steps done`);
      expect(again.stdout).toBe(`${generatorOf(folder, steps)}\n`);
    });
  });

  test('before the first step: nothing to save', async () => {
    await inTrainWorkshop(async (_, folder, run) => {
      const { code, stderr } = await run([...BASE], interruptAfter(1));
      expect(code).toBe(130);
      expect(stderr).toContain('interrupted before the first step; nothing to save');
      expect(await readdir(folder)).not.toContain('run');
    });
  });
});

describe('Ctrl-C a second time', () => {
  const nextTurn = () => new Promise((done) => setImmediate(done));

  /**
   * Presses Ctrl-C in the middle of a step, and again once `isTime`; what lay in the folder when the process ended, and
   * what was said until then.
   */
  async function pressedTwice(isTime: (names: readonly string[]) => boolean) {
    let left: readonly string[] | undefined;
    let said = '';
    await inTrainWorkshop(async (_, folder) => {
      const run = join(folder, 'run');
      const exit = vi.spyOn(process, 'exit').mockImplementation(((code: number) => {
        expect(code).toBe(130);
        left ??= readdirSync(run).sort();
      }) as never);
      let asked = 0;
      let pressing: Promise<void> | undefined;
      const press = async () => {
        process.emit('SIGINT');
        // One that comes before anybody could read that the first was heard is none.
        process.emit('SIGINT');
        for (await nextTurn(); !isTime(readdirSync(run)); ) await nextTurn();
        process.emit('SIGINT');
      };
      const now = () => {
        if (++asked === 12) pressing = press();
        return performance.now();
      };
      const stderr = {
        write: (text: string | Uint8Array) => {
          if (!left) said += text;
        },
      };
      await main(['train', ...BASE, ...MEL_ONLY], { cwd: folder, env: {}, stderr, now });
      await pressing;
      exit.mockRestore();
    });
    return { left, said };
  }

  const drafts = (names: readonly string[]) => names.filter((name) => name.endsWith('.tmp'));
  const heard = 'finishing this step, then saving; press Ctrl-C again to end now without saving\n';

  test('while it saves: ends when all is saved, and leaves nothing half written', async () => {
    const { left, said } = await pressedTwice((names) => drafts(names).length > 0);
    expect(said.split(heard)).toHaveLength(2);
    expect(said).toContain('what is being saved is saved first; then it ends\n');
    expect(said).toMatch(/saved .*g_\d+\.safetensors\n/);
    expect(left).toEqual([
      'config.json',
      expect.stringMatching(/^do_\d+\.safetensors$/),
      expect.stringMatching(/^g_\d+\.safetensors$/),
      'log.ndjson',
      'logs',
    ]);
  });

  test('before it saves: ends at once, without saving, and lets go of the folder', async () => {
    const { left, said } = await pressedTwice(() => true);
    expect(said).toMatch(new RegExp(`${heard}$`));
    expect(left).toEqual(['config.json', 'log.ndjson', 'logs']);
  });
});

describe('Ctrl-C within a step that takes seconds, on WebAssembly', () => {
  test('is heard before the step ends; a second ends now, without saving', async () => {
    const heard =
      'finishing this step, then saving; press Ctrl-C again to end now without saving\n';
    const pass = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));
    await inTrainWorkshop(async (_, folder) => {
      // The discriminators are as large as ever.
      const options = ['--backend', 'wasm', '--threads', '1', '--stdout_interval', '1'];
      const { child, said, ended } = startTraining(folder, options);
      const checkpoints = () =>
        readdirSync(join(folder, 'run')).filter((name) => /^(g|do)_/.test(name));
      const isOver = () => child.exitCode !== null;
      await until(() => isOver() || said().includes('\nstep 1, '));
      // Between two steps it is heard anyway.
      await pass(1000);
      child.kill('SIGINT');
      await until(() => isOver() || said().includes(heard));
      // Within the second step, and not once it is told of.
      expect(said()).not.toContain('\nstep 2, ');
      expect(checkpoints()).toEqual([]);
      // Once it could be read.
      await pass(200);
      child.kill('SIGINT');
      expect(await ended, said()).toBe(130);
      expect(checkpoints()).toEqual([]);
      expect(said().endsWith(heard), said()).toBe(true);
    });
  }, 300_000);
});

describe('Ctrl-C where the save fails', () => {
  test('is a failure that is told, and no good end', async () => {
    await inTrainWorkshop(async (_, folder, run) => {
      const { signal, now } = interruptAfter(12);
      const spoil = () => {
        const time = now();
        if (signal.aborted) rmSync(join(folder, 'run'), { recursive: true, force: true });
        return time;
      };
      const host = { signal, now: spoil };
      const { code, stdout, stderr } = await run([...BASE, '--stdout_interval', '1'], host);
      expect(code).toBe(1);
      expect(stdout).toBe('');
      expect(stderr).toMatch(/^error: .*(g|do)_\d+\.safetensors: not written: /m);
      expect(stderr).not.toContain('interrupted');
    });
  });
});
