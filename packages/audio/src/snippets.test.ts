import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runReadme } from '@hifigan/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';

const before = process.cwd();
// What the folder of a user of the packed package holds, too (CONTRIBUTING.md).
const folder = mkdtempSync(join(tmpdir(), 'hifigan-audio-readme-'));

beforeAll(() => {
  const sample = new URL('../../../samples/en-vm-review.wav', import.meta.url);
  copyFileSync(sample, join(folder, 'speech.wav'));
  process.chdir(folder);
});

afterAll(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true });
});

it('the README speaks the truth', async () => {
  expect(await runReadme(import.meta.url)).toEqual([
    ['48000 2 pcm24', '11025', '43 80', '11008'],
    ['foreign frames first librosa-decibel-ref1', '80 true'],
  ]);
});
