import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readSafetensors } from '@hifigan/checkpoint';
import { BACKENDS } from '@hifigan/test-backends';
import { beforeAll, expect, test } from 'vitest';
import { inFolder } from '../testing/in-folder.js';
import { tinyRun } from '../testing/tiny-run.js';
import { runTraining } from './run-training.js';

beforeAll(async () => {
  await BACKENDS.find(({ name }) => name === 'hifigan-wasm')!.activate();
});

test('a run begins with the weights of generator and discriminators and fresh optimizers; the discriminators rest until they join', async () => {
  await inFolder(async (folder) => {
    const { options, lines } = await tinyRun(folder, { maxSteps: 1, adversarialStart: 0 });
    const { checkpoint } = await runTraining(options);
    const out = join(folder, 'other');
    const begun = { ...options, out, initFrom: checkpoint!.generator, adversarialStart: 5 };
    const { checkpoint: second, losses } = await runTraining({ ...begun, maxSteps: 1 });
    expect(lines).toContain(
      `weights of the discriminators from ${checkpoint!.training}; the optimizers begin anew`,
    );
    expect(losses).not.toHaveProperty('discriminator');
    const [before, after] = await Promise.all(
      [checkpoint!, second!].map(async ({ training }) =>
        readSafetensors(await readFile(training), training),
      ),
    );
    expect(after.metadata).toMatchObject({ optim_g_updates: '1', optim_d_updates: '0' });
    const names = [...before.arrays.keys()].filter((name) => /^m[ps]d\./.test(name));
    expect(names.length).toBeGreaterThan(100);
    for (const name of names) {
      const [a, b] = [before, after].map(({ arrays }) => arrays.get(name)!.data);
      expect(
        Buffer.compare(
          Buffer.from(a.buffer, a.byteOffset, a.byteLength),
          Buffer.from(b.buffer, b.byteOffset, b.byteLength),
        ),
        name,
      ).toBe(0);
    }
  });
});
