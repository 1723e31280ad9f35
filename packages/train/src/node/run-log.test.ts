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
