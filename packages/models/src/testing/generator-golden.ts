import { expectClose, expectSummary, golden, hashedUniform } from '@hifigan/testkit';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { Generator } from '../index.js';
import { configOf, loadHashedState, signal, upstreamGradients, values } from './goldens.js';

/** On gradients of each parameter and of the mel, relative to each tensor's largest value. */
const BOUND = 1e-3;

/**
 * On projections, which are of a gradient's norm, where sums go by Winograd's arithmetic: its rounding, ten
 * times float32's own, turns a few more values over the kinks of the leaky ReLUs.
 */
const ROUNDED_PROJECTIONS = 2e-3;

/** On each stage's output: relative to its largest value, its norm likewise. */
const STAGES = 1e-4;

export interface GeneratorGoldenOptions {
  readonly backend: string;
  /** Whether gradients are held against PyTorch's, too; default true. */
  readonly gradients?: boolean;
}

/** The suite of one golden of the generator, on the backend that is active. */
export function generatorGolden(
  name: string,
  { backend, gradients = true }: GeneratorGoldenOptions,
): void {
  const projections = backend === 'hifigan-wasm' ? ROUNDED_PROJECTIONS : BOUND;
  describe(`generator ${name} against PyTorch in float64`, () => {
    const reference = golden(import.meta.url, `../fixtures/generator-${name}.safetensors`);
    const config = configOf(reference);

    it('makes the same audio, with weight norm and folded, of one frame too', async () => {
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
          expectClose(await output.data(), reference.array(audio).data, { max: 1e-4 }, audio);
          tf.dispose([input, output]);
        }
      }
      expect(tf.memory().numTensors).toBe(held);
      folded.dispose();
      generator.dispose();
    });

    it('has the same output of every stage', async () => {
      const generator = Generator.empty(config);
      loadHashedState(generator, reference);
      const mel = signal(reference, 'mel');
      const held = tf.memory().numTensors;
      // Read afterwards: a GPU is not read at once.
      const stages = new Map<string, tf.Tensor>();
      const audio = generator.forward(mel, {
        observe: (stage, x) => void stages.set(`stage/${stage}`, tf.keep(tf.clone(x))),
      });
      for (const [stage, x] of stages) {
        expectSummary(reference, stage, await values(x), STAGES);
        x.dispose();
      }
      expect([...stages.keys()].map((stage) => `${stage}/stats`).sort()).toEqual(
        reference
          .names()
          .filter((array) => /^stage.*stats$/.test(array))
          .sort(),
      );
      expect(tf.memory().numTensors).toBe(held + 1);
      tf.dispose([audio, mel]);
      generator.dispose();
    });

    if (!gradients) return;

    it('has the same gradients of every parameter and of the mel', async () => {
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
      for (const [parameter, gradient] of await upstreamGradients(generator, grads)) {
        expectSummary(reference, `gradient/${parameter}`, gradient, BOUND, projections);
      }
      const toMel = tf.grad(loss)(mel);
      expectClose(
        await values(toMel),
        reference.array('gradient/mel').data,
        { relative: BOUND },
        'to the mel',
      );
      tf.dispose([value, grads, toMel]);
      expect(tf.memory().numTensors).toBe(held);
      tf.dispose([mel, cotangent]);
      generator.dispose();
    });
  });
}
