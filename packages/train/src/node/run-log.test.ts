import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inFolder } from '../testing/in-folder.js';
import { RunLog } from './run-log.js';

test('a line that a kill has torn stays alone, and the log goes on', async () => {
  await inFolder(async (folder) => {
    const path = join(folder, 'log.ndjson');
    await new RunLog(folder).write({ step: 1 });
    await appendFile(path, '{"step": 2, "mel_sp');
    const log = new RunLog(folder);
    await log.write({ step: 3 });
    await log.write({ step: 4 });
    expect(await readFile(path, 'utf8')).toBe(
      '{"step":1}\n{"step": 2, "mel_sp\n{"step":3}\n{"step":4}\n',
    );
  });
});

test('records of steps that are done anew go, and a torn last line', async () => {
  await inFolder(async (folder) => {
    const path = join(folder, 'log.ndjson');
    const log = new RunLog(folder);
    expect(await log.cut(0)).toBe(0);
    for (const step of [-1, 0, 2, 4]) await log.write({ step });
    await appendFile(path, 'words\n');
    expect(await log.cut(5)).toBe(0);
    await appendFile(path, '{"step": 6, "mel_sp');
    expect(await log.cut(2)).toBe(3);
    expect(await readFile(path, 'utf8')).toBe('{"step":-1}\n{"step":0}\nwords\n');
  });
});

test('knows the last validation and the best, of earlier starts too', async () => {
  await inFolder(async (folder) => {
    const log = new RunLog(folder);
    expect(log.validation).toBeUndefined();
    const mels = [2, 0.5, 1, Number.NaN];
    for (const [step, mel] of mels.entries()) {
      await log.write({ step, validation_mel_spec_error: mel });
    }
    const found = { last: { step: 2 }, best: { step: 1, validation_mel_spec_error: 0.5 } };
    expect(log.validation).toMatchObject(found);
    const again = new RunLog(folder);
    await again.cut(4);
    expect(again.validation).toMatchObject(found);
    const earlier = new RunLog(folder);
    await earlier.cut(1);
    expect(earlier.validation).toMatchObject({ last: { step: 0 }, best: { step: 0 } });
  });
});

test('with other clips the best is sought anew', async () => {
  await inFolder(async (folder) => {
    const log = new RunLog(folder);
    const validation = (step: number, mel: number, id: string) =>
      log.write({
        step,
        validation_mel_spec_error: mel,
        validation_clips: [{ id, mel }],
      });
    await validation(1, 0.5, 'a');
    await validation(2, 0.9, 'b');
    expect(log.validation).toMatchObject({ last: { step: 2 }, best: { step: 2 } });
    await validation(3, 1.5, 'b');
    expect(log.validation).toMatchObject({ last: { step: 3 }, best: { step: 2 } });
  });
});
