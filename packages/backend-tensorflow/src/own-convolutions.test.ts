import { requireNative } from '@hifigan/testkit';
import { expect, test } from 'vitest';
import { missingTensorflow } from './node/index.js';
import { runNativeCheck } from './node/testing/native-check.js';

// Where the addon was built there is a compiler.
const native = requireNative('the native TensorFlow addon', missingTensorflow);

test.skipIf(!native.available)(
  'our convolutions are their definitions on each instruction set of this machine',
  () => {
    const found = runNativeCheck('convolution-check.cc').map(([set, ...rest]) => ({
      set,
      what: rest.slice(0, -1).join(' '),
      difference: Number(rest.at(-1)),
    }));
    const largest = Math.max(...found.map(({ difference }) => difference));
    console.info(`${found.length} results, largest difference ${largest.toExponential(1)}`);
    expect(found.filter(({ set }) => set === 'plain')).toHaveLength(43);
    for (const { set, what, difference } of found) {
      expect(difference, `${set} ${what}`).toBeLessThan(2e-6);
    }
  },
  120_000,
);
