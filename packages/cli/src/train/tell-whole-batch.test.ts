import { expect, test } from 'vitest';
import { BASE, inTrainWorkshop } from '../testing/train.js';

test('says where more clips may go at a time than a batch has', () =>
  inTrainWorkshop(async (train) => {
    const plan = (clips: string) =>
      train(...BASE, '--dry-run', '--set', 'batch_size=2', '--micro-batch', clips);
    const note =
      'note: --micro-batch 99: the batch has 2 clips (batch_size), which go all at a time';
    expect((await plan('99')).stderr).toContain(note);
    expect((await plan('2')).stderr).not.toContain('--micro-batch');
    expect((await plan('auto')).stderr).not.toContain('--micro-batch');
  }));
