import { appendFileSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runMain } from '../testing/run-main.js';
import { inSynthWorkshop } from '../testing/synth.js';

it.each([
  ['convert', 'run', 'out'],
  ['convert', 'run', 'g_00000100'],
  ['export', 'run', '-o', 'out.onnx'],
  ['pack', 'run', '-o', 'out'],
])('%s tells a file that changes while it is read, and makes nothing of it', (...argv) =>
  inSynthWorkshop(async (cwd) => {
    // What is odd is told when all is read, and before it is believed.
    const config = join(cwd, 'run', 'config.json');
    const odd = { ...JSON.parse(await readFile(config, 'utf8')), unheard_of: 1 };
    await writeFile(config, JSON.stringify(odd));
    const before = await readdir(cwd);
    const weights = join(cwd, 'run', 'g_00000100.safetensors');
    const run = await runMain(argv, {
      cwd,
      heard(text) {
        if (text.includes('unheard_of')) appendFileSync(weights, 'more');
      },
    });
    expect(run).toMatchObject({ code: 1, stdout: '' });
    expect(run.stderr).toMatch(/run\/g_00000100\.safetensors: changed while it was read: it grew/);
    expect(await readdir(cwd)).toEqual(before);
  }),
);
