import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readSafetensors } from '@hifigan/checkpoint';
import { describe, expect, test } from 'vitest';
import { runMain } from '../testing/run-main.js';
import { BASE, inTrainWorkshop } from '../testing/train.js';

const weights = async (...path: readonly string[]) => {
  const file = join(...path);
  return readSafetensors(await readFile(file), file);
};

describe('averaged weights', () => {
  test('lie beside the others, are what speaks, and go on from where they were', async () => {
    await inTrainWorkshop(async (train, folder) => {
      const options = ['--clip-norm', '100', '--ema', '0.5', '--learning-rate-d', '1e-5'];
      const { code, stderr } = await train(...BASE, ...options, '--max-steps', '3');
      expect(code).toBe(0);
      expect(stderr).toContain('; of the discriminators 0.00001000');
      expect(stderr).toContain('gradients are clipped at a global norm of 100');
      expect(stderr).toMatch(/^validation after 3 steps: .*, averaged weights$/m);
      const run = join(folder, 'run');
      const average = await weights(run, 'ema_00000002.safetensors');
      expect(average.metadata.weights).toBe('exponential moving average, decay 0.5');
      const state = await weights(run, 'do_00000002.safetensors');
      for (const [name, { data }] of average.arrays) {
        expect(state.arrays.get(`ema.${name}`)?.data, name).toEqual(data);
      }
      expect(state.metadata).toMatchObject({
        ...{ clip_norm: '100', ema_decay: '0.5', learning_rate_d: '0.00001', ema_updates: '3' },
      });

      const info = async (typed: string) =>
        JSON.parse((await runMain(['info', typed, '--json'], { cwd: folder })).stdout);
      expect((await info('run')).checkpoint).toBe('run/ema_00000002.safetensors');
      expect((await info('run')).best.generator).toBe('ema_00000002.safetensors');
      const spoken = await runMain(
        ['synth', 'data/wavs/a.wav', '-o', 'a.wav', '--checkpoint', 'run', '--backend', 'cpu'],
        { cwd: folder },
      );
      expect(spoken.code).toBe(0);

      // The run keeps what it was told; without the file that speaks it goes on as well.
      await rm(join(run, 'ema_00000002.safetensors'));
      const again = await train('data', '--out', 'run', '--max-steps', '4');
      expect(again.stderr).toContain('weights are averaged, decay 0.5;');
      expect((await weights(run, 'do_00000003.safetensors')).metadata.ema_updates).toBe('4');
      const off = await train('data', '--out', 'run', '--max-steps', '5', '--ema', '0');
      expect(off.stderr).not.toContain('averaged');
      expect((await info('run')).checkpoint).toBe('run/g_00000004.safetensors');
    });
  });
});

describe('RUN:best', () => {
  test('is the checkpoint that best.json names; without one it says what to do', async () => {
    await inTrainWorkshop(async (train, folder) => {
      await train(...BASE, '--max-steps', '2');
      const synth = (checkpoint: string) =>
        runMain(
          [
            ...['synth', 'data/wavs/a.wav', '-o', 'a.wav', '--force', '--backend', 'cpu'],
            ...['--checkpoint', checkpoint],
          ],
          { cwd: folder },
        );
      expect((await synth('run:best')).code).toBe(0);
      await rm(join(folder, 'run', 'best.json'));
      const { code, stderr } = await synth('run:best');
      expect(code).toBe(1);
      expect(stderr).toContain('run:best: run must be a training run with a best.json');
    });
  });
});

describe('--init-from', () => {
  test('takes a run, its best, a file; the optimizers begin anew', async () => {
    await inTrainWorkshop(async (train) => {
      await train(...BASE, '--max-steps', '2');
      const config = ['--config', 'tiny.json', '--max-steps', '0', '--checkpoint_interval', '1'];
      for (const [index, from] of ['run', 'run:best', 'run/g_00000001.safetensors'].entries()) {
        const out = `from-${index}`;
        const { code, stderr } = await train(
          ...['data', '--out', out, '--init-from', from, ...config],
        );
        expect(code, from).toBe(0);
        expect(stderr).toMatch(/^weights of the generator from .*g_00000001\.safetensors$/m);
        expect(stderr).toContain('the discriminators begin anew: none lie beside that generator');
        expect(stderr).toMatch(/^0 steps, epoch 0$/m);
      }
    });
  });
});
