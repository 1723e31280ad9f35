import { describeOnBackends, type SuiteOptions, type TestBackend } from '@hifigan/testkit';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';

/** tfjs's own, whose ops are the composites. Those with kernels of ours run these suites in `tooling/test-backends`. */
const BACKENDS: readonly TestBackend[] = ['cpu', 'wasm'].map((name) => ({
  name,
  activate: () => tf.setBackend(name),
}));

export function onBackends(suite: (backend: string) => void, options?: SuiteOptions): void {
  describeOnBackends(BACKENDS, suite, () => tf.memory().numTensors, options);
}
