import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { requireNative } from '@hifigan/testkit';
import { expect, test } from 'vitest';
import { missingTensorflow } from './node/index.js';

const SOURCE = fileURLToPath(new URL('../native/convolution-check.cc', import.meta.url));
// Where the addon was built there is a compiler.
const native = requireNative('the native TensorFlow addon', missingTensorflow);

test.skipIf(!native.available)(
  'our convolutions are their definitions on each instruction set of this machine',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'hifigan-convolutions-'));
    try {
      const program = join(folder, 'check');
      const compiler = process.env.CXX ?? 'c++';
      execFileSync(compiler, ['-std=c++17', '-O3', '-fno-math-errno', SOURCE, '-o', program]);
      const lines = execFileSync(program, { encoding: 'utf8' }).trim().split('\n');
      const found = lines.map((line) => {
        const [set, ...rest] = line.split(' ');
        return { set, what: rest.slice(0, -1).join(' '), difference: Number(rest.at(-1)) };
      });
      const largest = Math.max(...found.map(({ difference }) => difference));
      console.info(`${found.length} results, largest difference ${largest.toExponential(1)}`);
      expect(found.filter(({ set }) => set === 'plain')).toHaveLength(43);
      for (const { set, what, difference } of found) {
        expect(difference, `${set} ${what}`).toBeLessThan(2e-6);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
  120_000,
);
