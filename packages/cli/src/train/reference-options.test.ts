import { expect, test } from 'vitest';
import { UsageError } from '../errors.js';
import { BASE, inTrainWorkshop } from '../testing/train.js';
import { REFERENCE_OPTIONS, writtenOut } from './reference-options.js';

const OWN = ['--config', '--checkpoint_path', '--checkpoint_interval', '--set', '--mels', '--val'];

test.each([
  [
    ['--conf', 'c.json'],
    ['--config', 'c.json'],
  ],
  [['--conf=c.json'], ['--config=c.json']],
  [
    ['--checkpoint_p', 'x', '--checkpoint_i', '5'],
    ['--checkpoint_path', 'x', '--checkpoint_interval', '5'],
  ],
  [
    ['--input_w', 'x', '--fine', 'False'],
    ['--input_wavs_dir', 'x', '--fine_tuning', 'False'],
  ],
  // Ours, though the beginning of one of the reference's.
  [['--val'], ['--val']],
  [
    ['--config', 'c.json'],
    ['--config', 'c.json'],
  ],
  // No option of the reference's, or none at all.
  [
    ['--micro', '1', 'conf', '-c', '--confg'],
    ['--micro', '1', 'conf', '-c', '--confg'],
  ],
  [
    ['--', '--conf'],
    ['--', '--conf'],
  ],
])('%j is %j', (typed, meant) => {
  expect(writtenOut(typed, OWN)).toEqual(meant);
});

test('what may be several is refused, as by argparse', () => {
  expect(() => writtenOut(['--check', 'x'], OWN)).toThrow(
    new UsageError(
      '--check: must be written out, because it may be --checkpoint_interval or --checkpoint_path',
    ),
  );
});

test('train has every option of the reference', () =>
  inTrainWorkshop(async (train) => {
    for (const name of REFERENCE_OPTIONS) {
      const { code, stderr } = await train('data', '--dry-run', '--config', 'tiny.json', name);
      // Without what belongs to it: here `--backend`, which the workshop adds behind it, is taken for that.
      expect([name, code, stderr]).not.toEqual([
        name,
        code,
        expect.stringContaining('unknown option'),
      ]);
    }
  }));

test('the command line takes them', () =>
  inTrainWorkshop(async (train) => {
    const [data, ...rest] = BASE;
    const shortened = rest.map((word) => (word === '--config' ? '--conf' : word));
    const plan = await train(
      data,
      ...shortened,
      '--dry-run',
      '--training_ep',
      '2',
      '--fine',
      'False',
    );
    expect([plan.code, plan.stderr]).toEqual([0, expect.not.stringContaining('error')]);
    expect(plan.stdout).toMatch(/^end +6 steps, 2 epochs$/m);
    const several = await train(...BASE, '--dry-run', '--input_', 'x');
    expect(several.code).toBe(2);
    expect(several.stderr).toContain('--input_: must be written out');
  }));
