import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { echoCommunicator } from '../../testing/echo-communicator.js';
import type { RunOptions } from '../run-options.js';
import { runTraining } from '../run-training.js';
import { checkReadsAtOnce } from './check-reads.js';
import { Ranks } from './ranks.js';

/** As WebGPU's in Node: what it computes is read later. */
class LaterBackend extends tf.KernelBackend {
  private readonly values = new Map<object, tf.backend_util.BackendValues>();
  private refuses = false;

  override write(values: tf.backend_util.BackendValues): object {
    const dataId = {};
    this.values.set(dataId, values);
    return dataId;
  }
  override readSync(dataId: object): tf.backend_util.BackendValues {
    if (this.refuses) throw new ReferenceError('OffscreenCanvas is not defined');
    return this.values.get(dataId)!;
  }
  override numDataIds(): number {
    return this.values.size;
  }
  override disposeData(dataId: object): boolean {
    return this.values.delete(dataId);
  }
  override floatPrecision(): 32 {
    return 32;
  }
  override memory() {
    return { unreliable: false };
  }
  override dispose(): void {
    this.values.clear();
  }
  add(): tf.TensorInfo {
    this.refuses = true;
    return { dataId: this.write(Float32Array.of(2)), shape: [], dtype: 'float32' };
  }
}

beforeAll(async () => {
  tf.registerBackend('later', () => new LaterBackend());
  tf.registerKernel({
    kernelName: 'Add',
    backendName: 'later',
    kernelFunc: ({ backend }) => (backend as LaterBackend).add(),
  });
  await tf.setBackend('later');
});
afterAll(() => tf.removeBackend('later'));

test.each([0, 1])(
  'ranks refuse what cannot be read at once, before anything is written: rank %d',
  async (rank) => {
    const out = join(tmpdir(), `never-made-${rank}`);
    const held = tf.memory().numTensors;
    const ranks = new Ranks(echoCommunicator({ rank, size: 2 }));
    await expect(runTraining({ out, ranks } as unknown as RunOptions)).rejects.toThrow(
      /the backend later must be one that is read at once.*take tensorflow .* or train in one process/,
    );
    expect(existsSync(out)).toBe(false);
    expect(tf.memory().numTensors).toBe(held);
  },
);

test('takes what can', async () => {
  await tf.setBackend('cpu');
  expect(checkReadsAtOnce).not.toThrow();
});
