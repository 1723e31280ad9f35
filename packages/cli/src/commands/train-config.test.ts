import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tinyConfig } from '@hifigan/testkit';
import { describe, expect, test } from 'vitest';
import { BASE, generatorOf, inTrainWorkshop } from '../testing/train.js';

describe('configuration', () => {
  test('--set changes keys; a run that goes on has that of its folder, and may be set anew', async () => {
    await inTrainWorkshop(async (train, folder) => {
      const readBack = async () =>
        JSON.parse(await readFile(join(folder, 'run', 'config.json'), 'utf8'));
      const first = await train(
        ...BASE,
        ...['--set', 'batch_size=2', '--set', 'resblock_dilation_sizes=[[1,3]]'],
        ...['--max-steps', '1'],
      );
      expect(first.code).toBe(0);
      const changed = { ...tinyConfig, batch_size: 2, resblock_dilation_sizes: [[1, 3]] };
      expect(await readBack()).toEqual(changed);
      const second = await train(
        ...['data', '--out', 'run', '--resume', '--max-steps', '2'],
        ...['--set', 'learning_rate=1e-5'],
      );
      expect(second.stderr).toContain('goes on from');
      expect(second.code).toBe(0);
      expect(await readBack()).toEqual({ ...changed, learning_rate: 1e-5 });
    });
  });

  test('one that lies in a new run’s folder is written over with --force alone', async () => {
    await inTrainWorkshop(async (train, folder) => {
      await mkdir(join(folder, 'run'));
      await writeFile(join(folder, 'run', 'config.json'), 'mine');
      const refused = await train(...BASE, '--max-steps', '1');
      expect(refused).toMatchObject({ code: 1, stdout: '' });
      expect(refused.stderr).toContain('write over it with --force');
      expect((await train(...BASE, '--max-steps', '1', '--force')).code).toBe(0);
    });
  });

  test('HIFIGAN_CONFIG stands in for --config', async () => {
    await inTrainWorkshop(async (_, __, run) => {
      const { code } = await run(['data', '--out', 'run', '--max-steps', '1'], {
        env: { HIFIGAN_CONFIG: 'tiny.json' },
      });
      expect(code).toBe(0);
    });
  });

  test('every option has a variable: flag, then variable, then file, then default', async () => {
    await inTrainWorkshop(async (_, folder, run) => {
      const env = {
        HIFIGAN_CONFIG: 'tiny.json',
        HIFIGAN_OUT: 'run',
        HIFIGAN_MAX_STEPS: '3',
        HIFIGAN_SET: 'learning_rate=1e-4 seed=7',
        HIFIGAN_CHECKPOINT_INTERVAL: '1',
        HIFIGAN_KEEP_BEST: '0',
        HIFIGAN_KEEP_LAST: '2',
        HIFIGAN_EMA: '0.9',
      };
      const { code, stdout, stderr } = await run(['data', '--max-steps', '2'], { env });
      expect(code).toBe(0);
      expect(stdout).toBe(`${generatorOf(folder, 1)}\n`);
      expect(stderr).toContain('weights are averaged, decay 0.9;');
      const config = JSON.parse(await readFile(join(folder, 'run', 'config.json'), 'utf8'));
      expect(config).toMatchObject({ learning_rate: 1e-4, seed: 7 });
      expect(await readdir(join(folder, 'run'))).toContain('ema_00000001.safetensors');
      const wrong = await run(['data'], { env: { ...env, HIFIGAN_MAX_STEPS: 'many' } });
      expect(wrong.code).toBe(2);
      expect(wrong.stderr).toContain('HIFIGAN_MAX_STEPS=many: It must be a whole number');
    });
  });

  test('the command line of the reference’s trainer with nothing but its defaults', async () => {
    await inTrainWorkshop(async (train, folder) => {
      await rename(join(folder, 'data'), join(folder, 'LJSpeech-1.1'));
      const options = ['--config', 'tiny.json', '--training_epochs'];
      const { code, stdout } = await train(...options, '1');
      expect(code).toBe(0);
      expect(stdout).toBe(`${generatorOf(folder, 2, 'cp_hifigan')}\n`);
      // The same command again goes on by itself.
      const again = await train(...options, '2');
      expect(again.stderr).toContain('3 steps done, epoch 1');
      expect(again.stdout).toBe(`${generatorOf(folder, 5, 'cp_hifigan')}\n`);
    });
  });

  test('names of the reference’s trainer work', async () => {
    await inTrainWorkshop(async (train, folder) => {
      const { code, stdout, stderr } = await train(
        ...['--config', 'tiny.json', '--checkpoint_path', 'cp', '--input_wavs_dir', 'data/wavs'],
        ...['--input_training_file', 'data/training.txt'],
        ...['--input_validation_file', 'data/validation.txt', '--fine_tuning', 'False'],
        ...['--group_name', 'x', '--input_mels_dir', 'y', '--training_epochs', '1'],
        ...['--checkpoint_interval', '1', '--summary_interval', '1', '--keep-last', '1'],
      );
      expect(code).toBe(0);
      expect(stdout).toBe(`${generatorOf(folder, 2, 'cp')}\n`);
      // What changes nothing is told, once.
      expect(stderr.match(/--(group_name|input_mels_dir) is passed over: /g)).toHaveLength(2);
      expect((await readdir(join(folder, 'cp'))).sort()).toEqual([
        'best.json',
        'config.json',
        'do_00000002.safetensors',
        'g_00000002.safetensors',
        'log.ndjson',
        'logs',
      ]);
    });
  });
});
