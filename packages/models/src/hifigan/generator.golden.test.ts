import { expectClose, expectSummary, golden, hashedUniform } from '@hifigan/testkit';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { Generator } from '../index.js';
import { onBackends } from '../testing/backends.js';
import {
  configOf,
  loadHashedState,
  signal,
  upstreamGradients,
  values,
} from '../testing/goldens.js';

// The bound on gradients, relative to each tensor's largest value. V1's is wide: in float32 an activation
// next to a leaky ReLU's kink may fall on its other side, and then so it does (also PyTorch's own float32
// against its float64; see the goldens' README).
const CASES: Record<string, number> = {
  'four-stages': 1e-4,
  'odd-rates': 1e-4,
  'one-block': 1e-4,
  v1: 2e-2,
  v2: 1e-3,
  v3: 1e-3,
};

onBackends(() => {
  for (const [name, bound] of Object.entries(CASES)) {
    describe(`generator ${name} against PyTorch in float64`, () => {
      const reference = golden(import.meta.url, `../fixtures/generator-${name}.safetensors`);
      const config = configOf(reference);

      it('makes the same audio, with weight norm and folded, of one frame too', () => {
        const generator = Generator.empty(config);
        loadHashedState(generator, reference);
        const folded = generator.foldWeightNorm();
        const held = tf.memory().numTensors;
        for (const each of [generator, folded]) {
          for (const [mel, audio] of [
            ['mel', 'audio'],
            ['single/mel', 'single/audio'],
          ]) {
            const input = signal(reference, mel);
            const output = each.forward(input);
            expectClose(output.dataSync(), reference.array(audio).data, { max: 1e-4 }, audio);
            tf.dispose([input, output]);
          }
        }
        expect(tf.memory().numTensors).toBe(held);
        folded.dispose();
        generator.dispose();
      });

      it('has the same gradients of every parameter and of the mel', () => {
        const generator = Generator.empty(config);
        loadHashedState(generator, reference);
        const mel = signal(reference, 'mel');
        const { shape } = reference.array('audio');
        const cotangent = tf.tensor3d(
          hashedUniform('cotangent', shape, 1).map((value) => value + 1),
          [shape[0], shape[2], 1],
        );
        const held = tf.memory().numTensors;
        const loss = (x: tf.Tensor) =>
          tf.sum(tf.mul(generator.forward(x as tf.Tensor3D), cotangent)) as tf.Scalar;
        const { value, grads } = tf.variableGrads(
          () => loss(mel),
          [...generator.parameters.values()],
        );
        for (const [parameter, gradient] of upstreamGradients(generator, grads)) {
          expectSummary(reference, `gradient/${parameter}`, gradient, bound);
        }
        const toMel = tf.grad(loss)(mel);
        expectClose(
          values(toMel),
          reference.array('gradient/mel').data,
          { relative: bound },
          'to the mel',
        );
        tf.dispose([value, grads, toMel]);
        expect(tf.memory().numTensors).toBe(held);
        tf.dispose([mel, cotangent]);
        generator.dispose();
      });
    });
  }
});
