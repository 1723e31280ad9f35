import { onBackendsAndPlain } from '@hifigan/test-backends';
import { expectClose, golden } from '@hifigan/testkit';
import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { AdamW } from './adamw.js';

const file = golden(import.meta.url, 'fixtures/adamw.safetensors');
const { betas } = JSON.parse(file.metadata.options) as { betas: [number, number] };

const values = (name: string) => tf.tensor1d(Float32Array.from(file.array(name).data));

function optimizerOf(variable: tf.Variable): AdamW {
  return new AdamW(new Map([['w', variable]]), { beta1: betas[0], beta2: betas[1] });
}

function update(optimizer: AdamW, k: number): void {
  const gradient = values(`gradient/${k}`);
  optimizer.apply([gradient], file.array(`learning_rate/${k}`).data[0]);
  gradient.dispose();
}

/** Against the golden after `k` updates. */
function compare(optimizer: AdamW, variable: tf.Variable, k: number): void {
  const { first, second } = optimizer.state().get('w')!;
  for (const [name, tensor] of [
    ['parameter', variable],
    ['first', first],
    ['second', second],
  ] as const) {
    const what = `${name}/${k}`;
    expectClose(tensor.dataSync(), file.array(what).data, { relative: 1e-6 }, what);
  }
}

onBackendsAndPlain(() => {
  test('five updates are PyTorch’s, with gradients down to 1e-7 and none, at falling rates', () => {
    const start = tf.memory().numTensors;
    const initial = values('parameter/0');
    const variable = tf.variable(initial);
    const optimizer = optimizerOf(variable);
    for (let k = 1; k <= 5; k++) {
      update(optimizer, k);
      expect(optimizer.step).toBe(k);
      compare(optimizer, variable, k);
    }
    optimizer.dispose();
    tf.dispose([initial, variable]);
    expect(tf.memory().numTensors).toBe(start);
  });

  test('goes on from stored moments as if it had not stopped', () => {
    const stored = ['parameter/3', 'first/3', 'second/3'].map(values);
    const [parameter, first, second] = stored;
    const variable = tf.variable(parameter);
    const optimizer = optimizerOf(variable);
    optimizer.restore(3, new Map([['w', { first, second }]]));
    update(optimizer, 4);
    compare(optimizer, variable, 4);
    optimizer.dispose();
    tf.dispose([...stored, variable]);
  });

  test('wants a gradient for each parameter and moments for each parameter', () => {
    const initial = values('parameter/0');
    const variable = tf.variable(initial);
    const optimizer = optimizerOf(variable);
    expect(() => optimizer.apply([], 1)).toThrow('gradients=0 must be 1');
    expect(() => optimizer.restore(2, new Map())).toThrow('moments of w are missing');
    // Before the first update there are no moments.
    optimizer.restore(0, new Map());
    expect(optimizer.step).toBe(0);
    optimizer.dispose();
    tf.dispose([initial, variable]);
  });
});
