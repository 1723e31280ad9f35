import { existsSync, readdirSync, rmSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tinyConfig } from '@hifigan/testkit';
import { describe, expect, test, vi } from 'vitest';
import { cpuBackend } from '../backends/cpu.js';
import { main } from '../main.js';
import { inFolder, type Run, runMain } from '../testing.js';
import { writeTone } from '../testing-audio.js';

/** So that the discriminators, which are large whatever the generator is, never join. */
const MEL_ONLY = ['--backend', 'cpu', '--adversarial-start', '1000000'];

/** A folder with a data set `data` as `prepare` makes it and a configuration of a tiny model. */
async function inWorkshop(
  work: (
    train: (...options: readonly string[]) => Promise<Run>,
    folder: string,
    run: (options: readonly string[], host?: Parameters<typeof runMain>[1]) => Promise<Run>,
  ) => Promise<void>,
): Promise<void> {
  await inFolder(async (folder) => {
    const wavs = join(folder, 'data', 'wavs');
    const ids = ['a', 'b', 'c', 'd'];
    for (const [index, id] of ids.entries()) {
      await writeTone(wavs, `${id}.wav`, {
        samplingRate: tinyConfig.sampling_rate,
        seconds: 0.2,
        frequency: 200 + 100 * index,
      });
    }
    await writeFile(join(folder, 'data', 'training.txt'), 'a|\nb|\nc|\n');
    await writeFile(join(folder, 'data', 'validation.txt'), 'd|\n');
    const config = { ...tinyConfig, batch_size: 1 };
    await writeFile(join(folder, 'tiny.json'), JSON.stringify(config));
    const run = (options: readonly string[], host: Parameters<typeof runMain>[1] = {}) =>
      runMain(['train', ...options, ...MEL_ONLY], { cwd: folder, ...host });
    await work((...options) => run(options), folder, run);
  });
}

/** Ends a run from outside once it has asked for the time so often. */
function interruptAfter(calls: number) {
  const controller = new AbortController();
  let asked = 0;
  const now = () => {
    if (++asked === calls) controller.abort();
    return performance.now();
  };
  return { signal: controller.signal, now };
}

const generatorOf = (folder: string, number: number, run = 'run') =>
  join(folder, run, `g_${String(number).padStart(8, '0')}.safetensors`);

const BASE = ['data', '--config', 'tiny.json', '--out', 'run'] as const;

test('tells what a backend computes on, where it knows', async () => {
  await inWorkshop(async (_, _folder, run) => {
    const native = {
      name: 'cpu',
      description: 'on this or that',
      available: async () => ({ ok: true }),
      activate: (options: object) => cpuBackend.activate(options),
      device: async () => 'on that',
    };
    // Of the host, so that it stands for our own.
    const { stderr } = await run([...BASE, '--dry-run'], { backends: [native] });
    expect(stderr).toMatch(/^trains on cpu: on that$/m);
  });
});

test('trains, tells it in plain lines, and gives the generator as its result', async () => {
  await inWorkshop(async (train, folder) => {
    const { code, stdout, stderr } = await train(
      ...BASE,
      ...['--max-steps', '5', '--stdout_interval', '2', '--validation_interval', '2'],
    );
    expect(code).toBe(0);
    expect(stdout).toBe(`${generatorOf(folder, 4)}\n`);
    const lines = stderr.trim().split('\n');
    const speed = String.raw`\d+\.\d\d (steps/s|s a step), 0:\d\d:\d\d left`;
    const expected = [
      /^trains on cpu: /,
      /^begins in .*run$/,
      /^3 clips, 3 steps an epoch, batch 1; the discriminators join at step 1000000$/,
      /^learning rate 0\.0002000 \(learning_rate 0\.0002 × lr_decay 0\.999 \^ epoch 0\)$/,
      /^validation after 0 steps: mel error \d\.\d{4} over 1 clip$/,
      new RegExp(`^step 1, epoch 0: mel \\d+\\.\\d{4}; ${speed}$`),
      new RegExp(`^step 3, epoch 0: mel \\d+\\.\\d{4}; ${speed}$`),
      /^validation after 3 steps: /,
      new RegExp(`^step 5, epoch 1: mel \\d+\\.\\d{4}; ${speed}$`),
      // The last step was one of those that are measured: not once more at the end.
      /^validation after 5 steps: /,
      /^saved .*g_00000004\.safetensors$/,
      /^5 steps, epoch 1, mel error \d\.\d{4} on held-out clips$/,
    ];
    expect(lines).toHaveLength(expected.length);
    lines.forEach((line, index) => {
      expect(line).toMatch(expected[index]);
    });
    expect(stderr).not.toContain('\u001b');

    const log = (await readFile(join(folder, 'run', 'log.ndjson'), 'utf8')).trim().split('\n');
    const records = log.map((line) => JSON.parse(line));
    const validations = records.filter((record) => 'validation_mel_spec_error' in record);
    expect(validations.map(({ step }) => step)).toEqual([-1, 2, 4]);
  });
});

test('nothing to do: nothing is made, and no empty line said', async () => {
  await inWorkshop(async (train, folder) => {
    const { code, stdout, stderr } = await train(...BASE, '--max-steps', '0');
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toMatch(/^0 steps, epoch 0$/m);
    expect(await readdir(folder)).not.toContain('run');
  });
});

test('--json gives one object', async () => {
  await inWorkshop(async (train, folder) => {
    const { code, stdout } = await train(...BASE, '--max-steps', '1', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      reason: 'finished',
      steps: 1,
      epoch: 0,
      checkpoint: { number: 0, generator: generatorOf(folder, 0) },
      losses: { mel: expect.any(Number) },
      validation: { mel: expect.any(Number), clips: [{ id: 'd' }] },
    });
  });
});

describe('configuration', () => {
  test('--set changes keys; a run that goes on has that of its folder, and may be set anew', async () => {
    await inWorkshop(async (train, folder) => {
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
    await inWorkshop(async (train, folder) => {
      await mkdir(join(folder, 'run'));
      await writeFile(join(folder, 'run', 'config.json'), 'mine');
      const refused = await train(...BASE, '--max-steps', '1');
      expect(refused).toMatchObject({ code: 1, stdout: '' });
      expect(refused.stderr).toContain('write over it with --force');
      expect((await train(...BASE, '--max-steps', '1', '--force')).code).toBe(0);
    });
  });

  test('HIFIGAN_CONFIG stands in for --config', async () => {
    await inWorkshop(async (_, __, run) => {
      const { code } = await run(['data', '--out', 'run', '--max-steps', '1'], {
        env: { HIFIGAN_CONFIG: 'tiny.json' },
      });
      expect(code).toBe(0);
    });
  });

  test('names of the reference’s trainer work', async () => {
    await inWorkshop(async (train, folder) => {
      const { code, stdout } = await train(
        ...['--config', 'tiny.json', '--checkpoint_path', 'cp', '--input_wavs_dir', 'data/wavs'],
        ...['--input_training_file', 'data/training.txt'],
        ...['--input_validation_file', 'data/validation.txt', '--fine_tuning', 'False'],
        ...['--group_name', 'x', '--input_mels_dir', 'y', '--training_epochs', '1'],
        ...['--checkpoint_interval', '1', '--summary_interval', '1', '--keep-last', '1'],
      );
      expect(code).toBe(0);
      expect(stdout).toBe(`${generatorOf(folder, 2, 'cp')}\n`);
      expect((await readdir(join(folder, 'cp'))).sort()).toEqual([
        'config.json',
        'do_00000002.safetensors',
        'g_00000002.safetensors',
        'log.ndjson',
      ]);
    });
  });
});

describe('Ctrl-C', () => {
  test('saves, ends with 130, and the same command goes on; no time left without an end', async () => {
    await inWorkshop(async (train, folder, run) => {
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
    await inWorkshop(async (_, folder, run) => {
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
    await inWorkshop(async (_, folder) => {
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
    ]);
  });

  test('before it saves: ends at once, without saving, and lets go of the folder', async () => {
    const { left, said } = await pressedTwice(() => true);
    expect(said.endsWith(heard)).toBe(true);
    expect(left).toEqual(['config.json', 'log.ndjson']);
  });
});

describe('Ctrl-C where the save fails', () => {
  test('is a failure that is told, and no good end', async () => {
    await inWorkshop(async (_, folder, run) => {
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

describe('wrong usage ends with 2 before anything is made', () => {
  test.each([
    [['data', '--config', 'tiny.json'], '--out <folder>: must be given'],
    [['--config', 'tiny.json', '--out', 'run'], '--input_wavs_dir: must be given'],
    [[...BASE, '--set', 'bach_size=2'], '--set bach_size=2: must be key=value'],
    [[...BASE, '--set', 'batch_size'], '--set batch_size: must be key=value'],
    [[...BASE, '--set', 'batch_size=many'], 'batch_size'],
    [[...BASE, '--set', 'hop_size=100'], 'hop_size'],
    [[...BASE, '--fine_tuning', 'True'], '--init-from'],
    [[...BASE, '--max-steps', '-1'], '--max-steps'],
    [[...BASE, '--max-minutes', 'soon'], '--max-minutes'],
    [[...BASE, '--stdout_interval', '0'], '--stdout_interval'],
    [[...BASE, '--keep-last', '0'], '--keep-last'],
    [[...BASE, '--epochs', '3'], "unknown option '--epochs'"],
  ])('%j', async (options, expected) => {
    await inWorkshop(async (train, folder) => {
      const { code, stdout, stderr } = await train(...options);
      expect(stderr).toContain(expected);
      expect(code).toBe(2);
      expect(stdout).toBe('');
      expect(await readdir(folder)).not.toContain('run');
    });
  });
});

describe('what is wrong in the world ends with 1', () => {
  const cases: [string, (folder: string) => Promise<unknown>, RegExp, string?][] = [
    [
      'no data set',
      (folder) => rm(join(folder, 'data'), { recursive: true }),
      /data: there is no such folder; make a data set .* hifigan prepare RECORDINGS -o data$/,
    ],
    [
      'recordings that nobody prepared',
      (folder) => rm(join(folder, 'data', 'training.txt')),
      /data: has no training\.txt, and so is no data set; make one with: hifigan prepare data/,
    ],
    [
      'a folder in place of the list',
      () => Promise.resolve(),
      /data: is a folder, where a list of recordings \(one a line: id\|text\) is needed/,
      '--input_training_file=data',
    ],
    [
      'a recording in place of the list',
      () => Promise.resolve(),
      /a\.wav: is no text, where a list of recordings/,
      '--input_validation_file=data/wavs/a.wav',
    ],
    [
      'a file in place of the recordings',
      () => Promise.resolve(),
      /--input_wavs_dir tiny\.json: must be a folder/,
      '--input_wavs_dir=tiny.json',
    ],
    [
      'an empty list',
      (folder) => writeFile(join(folder, 'data', 'training.txt'), ''),
      /training\.txt: names no recordings/,
    ],
    [
      'a missing recording',
      (folder) => rm(join(folder, 'data', 'wavs', 'b.wav')),
      /1 of 3 recordings must be there, but are not: .*b\.wav/,
    ],
    [
      'recordings of another rate',
      (folder) => writeTone(join(folder, 'data', 'wavs'), 'd.wav', { seconds: 0.2 }),
      /d\.wav: it has 22050 Hz and must have 8000.*hifigan prepare/,
    ],
    [
      'a folder that is a file',
      (folder) => writeFile(join(folder, 'run'), 'x'),
      /run: cannot be written, because .*run is a file, where a folder must be/,
    ],
    [
      'weights of PyTorch’s',
      (folder) => writeFile(join(folder, 'foreign.pth'), Uint8Array.of(0x80, 2, 0x8a, 0x0a)),
      /foreign\.pth: it is a PyTorch file \(pickle\); reading those is not here yet; .*save_file/,
      '--init-from=foreign.pth',
    ],
    [
      'half a checkpoint',
      async (folder) => {
        await mkdir(join(folder, 'run'));
        await writeFile(generatorOf(folder, 7), 'x');
      },
      /g_00000007\.safetensors must have its other half/,
    ],
  ];
  test.each(cases)('%s', async (_, spoil, expected, ...options) => {
    await inWorkshop(async (train, folder) => {
      await spoil(folder);
      const { code, stdout, stderr } = await train(
        ...BASE,
        '--max-steps',
        '1',
        ...options.filter((option) => option !== undefined),
      );
      expect(stderr.trim().split('\n').at(-1)).toMatch(expected);
      expect(stderr).toContain('error: ');
      expect(code).toBe(1);
      expect(stdout).toBe('');
    });
  });

  test('--resume where there is nothing', async () => {
    await inWorkshop(async (train) => {
      const { code, stderr } = await train(...BASE, '--resume');
      expect(stderr).toContain('--resume goes on from it');
      expect(code).toBe(1);
    });
  });
});

test('on a terminal a bar is drawn, and wiped before lines', async () => {
  await inWorkshop(async (_, __, run) => {
    const { code, stderr } = await run([...BASE, '--max-steps', '2'], { tty: true });
    expect(code).toBe(0);
    expect(stderr).toMatch(/train [█░]{24} +\d+%, .* left {2}step \d+, mel \d\.\d{3}/);
    // Its line is wiped before another is written.
    expect(stderr).toContain('\r\u001b[2Kstep 1, epoch 0: mel ');
  });
});

test('on a terminal the step is shown where there is no end, too', async () => {
  await inWorkshop(async (_, __, run) => {
    const { stderr } = await run([...BASE], { tty: true, ...interruptAfter(12) });
    expect(stderr).toMatch(/\[2Ktrain {2}step 1, mel \d\.\d{3}, epoch 0, [\d.]+ steps\/s/);
    expect(stderr).not.toContain('░');
  });
});

test('--dry-run tells the plan and makes nothing', async () => {
  await inWorkshop(async (train, folder) => {
    const { code, stdout } = await train(...BASE, '--dry-run');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^training +3 clips, 0\.6 s$/m);
    expect(stdout).toMatch(/^epoch +3 steps$/m);
    expect(stdout).toMatch(/^mel +\[1, 16, 12\]/m);
    expect(stdout).toMatch(/^generator +1,473 weights, trained as 1,506 parameters/m);
    expect(stdout).toMatch(/^discriminators +70,724,591 parameters$/m);
    expect(stdout).toMatch(/^memory +about [\d.]+ GB \(an estimate/m);
    expect(await readdir(folder)).not.toContain('run');
    const json = await train(...BASE, '--dry-run', '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({ clips: 3, audioShape: [1, 1024, 1] });
  });
});
