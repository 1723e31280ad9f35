import { writeNpy } from '@hifigan/checkpoint';
import { expect, test } from 'vitest';
import { runMain } from '../testing/run-main.js';

const mel = writeNpy({ shape: [80, 1], data: new Float32Array(80).fill(-5) });

test.each([
  ['cpu', '4', /^note: --threads 4: cpu takes 1 thread at most$/m],
  ['wasm', '99', /^note: --threads 99: wasm takes 64 threads at most$/m],
])('says where %s takes fewer threads than were asked for', async (backend, threads, note) => {
  const speak = ['synth', '-', '-o', '-', '--backend', backend, '--threads'];
  const run = await runMain([...speak, threads], { input: mel });
  expect(run).toMatchObject({ code: 0, stderr: expect.stringMatching(note) });
  expect((await runMain([...speak, '1'], { input: mel })).stderr).not.toContain('--threads');
});
