import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cpuBackend } from '../backends/cpu.js';
import { BASE, generatorOf, inTrainWorkshop, interruptAfter } from '../testing/train.js';

test('tells what a backend computes on, where it knows', async () => {
  await inTrainWorkshop(async (_, _folder, run) => {
    const native = {
      name: 'cpu',
      description: 'on this or that',
      available: async () => ({ ok: true }),
      activate: (options: object) => cpuBackend.activate(options),
      device: async () => 'on that',
    };
    // Handed in by the host, it takes the place of our own.
    const { stderr } = await run([...BASE, '--dry-run'], { backends: [native] });
    expect(stderr).toMatch(/^trains on cpu: on that$/m);
  });
});

test('trains, tells it in plain lines, and gives the generator as its result', async () => {
  await inTrainWorkshop(async (train, folder) => {
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
      /^validation after 0 steps: mel error \d\.\d{4} over 1 clip, voiced_f1 \d\.\d{4}$/,
      new RegExp(`^step 1, epoch 0: mel \\d+\\.\\d{4}; ${speed}$`),
      new RegExp(`^step 3, epoch 0: mel \\d+\\.\\d{4}; ${speed}$`),
      /^validation after 3 steps: /,
      // It did best: saved for that.
      /^saved .*g_00000002\.safetensors$/,
      /^the best so far on held-out clips: g_00000002\.safetensors$/,
      new RegExp(`^step 5, epoch 1: mel \\d+\\.\\d{4}; ${speed}$`),
      // The last step was one of those that are measured: not once more at the end.
      /^validation after 5 steps: /,
      /^saved .*g_00000004\.safetensors$/,
      /^the best so far on held-out clips: g_00000004\.safetensors$/,
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
  await inTrainWorkshop(async (train, folder) => {
    const { code, stdout, stderr } = await train(...BASE, '--max-steps', '0');
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toMatch(
      /^nothing to do: 0 steps in 0 epochs are done, and it ends after 0 \(max-steps\)$/m,
    );
    expect(stderr).toMatch(/^0 steps, epoch 0$/m);
    expect(await readdir(folder)).not.toContain('run');
  });
});

test('--json gives one object', async () => {
  await inTrainWorkshop(async (train, folder) => {
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

test('on a terminal it is shown how the training stands, below the lines', async () => {
  await inTrainWorkshop(async (_, __, run) => {
    let time = 0;
    const now = () => {
      time += 30;
      return time;
    };
    const options = [...BASE, '--max-steps', '4', '--validation_interval', '2'];
    const { code, stderr } = await run(options, { tty: true, env: { NO_COLOR: '1' }, now });
    expect(code).toBe(0);
    const view =
      /train {2}[█░]{24} +\d+% {2}step \d of 4, epoch \d, .* left\nloss {3}mel \d\.\d{4}\nspeed {2}[\d.]+ steps\/s, [\d.]+ clips\/s, [\d.]+ s of audio a second\nvalid {2}mel error \d\.\d{4} after 0 steps; best \d\.\d{4} after \d steps/;
    expect(stderr).toMatch(view);
    expect(stderr).toMatch(/mel error [\d.]+ after 3 steps; best/);
    // Taken away before another line is written, and at the end.
    expect(stderr).toContain('\r\u001b[3A\u001b[Jvalidation after 3 steps');
    expect(stderr.lastIndexOf('\u001b[J')).toBeGreaterThan(stderr.lastIndexOf('train  '));
    // The view says it.
    expect(stderr).not.toContain('epoch 0: mel');
  });
});

test('on a terminal the step is shown where there is no end, too', async () => {
  await inTrainWorkshop(async (_, __, run) => {
    const { stderr } = await run([...BASE], { tty: true, ...interruptAfter(12) });
    expect(stderr).toMatch(/train.*step 1, epoch 0\n/);
    expect(stderr).not.toContain('░');
  });
});

test('--ndjson: a line for each record on stdout, and one for the result; with --json, too', async () => {
  await inTrainWorkshop(async (train, folder) => {
    const often = ['--stdout_interval', '2', '--validation_interval', '2'];
    for (const flags of [['--ndjson'], ['--json-lines', '--json', '--max-steps', '4']]) {
      const { code, stdout, stderr } = await train(...BASE, '--max-steps', '3', ...often, ...flags);
      expect(code).toBe(0);
      const records = stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
      const kinds = records.map(({ kind, step, steps }) => `${kind} ${step ?? steps}`);
      const first = ['validation -1', 'step 0', 'step 2', 'validation 2', 'result 3'];
      const goesOn = ['validation 3', 'result 4'];
      expect(kinds).toEqual(flags.includes('--json') ? goesOn : first);
      expect(records.at(-1)).toMatchObject({ reason: 'finished', checkpoint: {} });
      expect(stderr).toContain('validation after');
    }
    expect(await readdir(join(folder, 'run', 'logs'))).toHaveLength(2);
  });
});

test('--no-tensorboard writes no event files', async () => {
  await inTrainWorkshop(async (train, folder) => {
    const { code } = await train(...BASE, '--max-steps', '1', '--no-tensorboard');
    expect(code).toBe(0);
    expect(await readdir(join(folder, 'run'))).not.toContain('logs');
  });
});

test('--dry-run tells the plan and makes nothing', async () => {
  await inTrainWorkshop(async (train, folder, run) => {
    const { code, stdout } = await train(...BASE, '--dry-run');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^training +3 clips, 0\.6 s$/m);
    expect(stdout).toMatch(/^epoch +3 steps$/m);
    expect(stdout).toMatch(/^mel +\[1, 16, 12\]/m);
    expect(stdout).toMatch(/^at a time +1 clip$/m);
    expect(stdout).toMatch(/^generator +1,473 weights, trained as 1,506 parameters/m);
    expect(stdout).toMatch(/^discriminators +41,105,770 parameters \(periods\) and 29,618,821/m);
    expect(stdout).toMatch(/^memory +about [\d.]+ [kM]B where .* \(an estimate/m);
    expect(await readdir(folder)).not.toContain('run');
    const ended = await run([...BASE, '--dry-run'], { signal: AbortSignal.abort() });
    expect(ended).toMatchObject({ code: 130, stdout: '' });
    expect(ended.stderr).toContain('interrupted; nothing was written');
    const json = await train(...BASE, '--dry-run', '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({ clips: 3, audioShape: [1, 1024, 1] });
    const parts = await train(...BASE, '--dry-run', '--set', 'batch_size=3', '--micro-batch', '2');
    expect(parts.stdout).toMatch(/^at a time +2 clips$/m);
  });
});

test('--micro-batch takes clips or auto; the run says so', async () => {
  await inTrainWorkshop(async (train) => {
    const three = ['--set', 'batch_size=3'];
    const two = await train(...BASE, ...three, '--max-steps', '1', '--micro-batch', '2');
    expect(two.code).toBe(0);
    expect(two.stderr).toMatch(/^3 clips, 1 step an epoch, batch 3, 2 clips at a time;/m);
    const auto = await train(...BASE, ...three, '--max-steps', '2', '--micro-batch', 'auto');
    expect(auto.code).toBe(0);
    expect(auto.stderr).toContain('batch 3;');
  });
});
