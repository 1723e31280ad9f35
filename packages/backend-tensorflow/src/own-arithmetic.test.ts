import { requireNative } from '@hifigan/testkit';
import { expect, test } from 'vitest';
import { missingTensorflow } from './node/index.js';
import { runNativeCheck } from './node/testing/native-check.js';

const native = requireNative('the native TensorFlow addon', missingTensorflow);

// A training that goes on has its arrays elsewhere in memory, and is to end with the same bits.
test.skipIf(!native.available)(
  'our arithmetic is the same bits wherever its arrays lie',
  () => {
    expect(runNativeCheck('pointwise-check.cc')).toEqual([
      ['ScaleBoth', '355200', '0'],
      ['Update', '1065600', '0'],
    ]);
  },
  120_000,
);
