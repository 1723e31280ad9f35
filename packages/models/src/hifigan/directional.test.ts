import { onBackendsAndPlain } from '@hifigan/test-backends';
import { generatorOf, oddGenerators, uniform } from '@hifigan/testkit';
import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { Generator } from '../index.js';
import { defaultInitializer } from './initialization.js';
import { type Filters, NetworkState } from './network-state.js';
import {
  type DiscriminatorLayer,
  runSubDiscriminator,
  type SubDiscriminator,
  subDiscriminatorLayers,
} from './sub-discriminator.js';

// Networks as wholes against finite differences: a check of the gradients that trusts no other
// implementation.

/**
 * Steps relative to a variable's root mean square, tried until one agrees: a long one may cross a leaky
 * ReLU's kink, a short one drowns in float32's rounding. A wrong gradient agrees with none.
 */
const STEPS = [1e-3, 3e-4, 3e-3, 1e-4, 1e-2];
const BOUND = 2e-2;

const variableOf = (values: Float32Array, shape: [number, number, number]) =>
  tf.tidy(() => tf.variable(tf.tensor3d(values, shape)));

/**
 * Compares, for each variable, the gradient along a random direction with the central difference of the
 * loss along it, relative to the usual size of a gradient of that norm along such a direction.
 */
function expectDerivatives(
  variables: ReadonlyMap<string, tf.Variable>,
  forward: () => tf.Tensor[],
): void {
  const held = tf.memory().numTensors;
  const weights = tf.tidy(() => forward().map((output, i) => uniform(output.size, 100 + i)));
  const { value, grads } = tf.variableGrads(
    () =>
      tf.addN(
        forward().map((output, i) => tf.sum(tf.mul(output, tf.tensor(weights[i], output.shape)))),
      ) as tf.Scalar,
    [...variables.values()],
  );
  // The sum in float64: it is the difference of two that counts.
  const loss = () =>
    tf.tidy(() =>
      forward().reduce(
        (sum, output, i) =>
          output.dataSync<'float32'>().reduce((inner, x, j) => inner + x * weights[i][j], sum),
        0,
      ),
    );
  const found: [string, number][] = [];
  for (const [index, [name, variable]] of [...variables].entries()) {
    const start = variable.dataSync<'float32'>().slice();
    const direction = uniform(start.length, index);
    const size = Math.sqrt(start.reduce((sum, x) => sum + x * x, 0) / start.length) || 1;
    const at = (step: number) => {
      const moved = tf.tensor(
        start.map((x, i) => x + step * size * direction[i]),
        variable.shape,
      );
      variable.assign(moved);
      moved.dispose();
      return loss();
    };
    const gradient = grads[variable.name].dataSync<'float32'>();
    const along = gradient.reduce((sum, g, i) => sum + g * direction[i], 0);
    const usual = Math.sqrt(gradient.reduce((sum, g) => sum + g * g, 0) / 3);
    let least = Number.POSITIVE_INFINITY;
    for (const step of STEPS) {
      const difference = (at(step) - at(-step)) / (2 * step * size);
      least = Math.min(least, Math.abs(difference - along) / usual);
      if (least <= BOUND) break;
    }
    at(0);
    found.push([name, least]);
  }
  expect(found.filter(([, off]) => !(off <= BOUND))).toEqual([]);
  tf.dispose([value, grads]);
  expect(tf.memory().numTensors).toBe(held);
}

// Strides, groups and widths as the real ones mix them, a hundredth of their size.
const LAYERS: readonly DiscriminatorLayer[] = (
  [
    [1, 8, 15, 1, 1, 7],
    [8, 8, 9, 2, 4, 4],
    [8, 16, 5, 3, 2, 2],
    [16, 1, 3, 1, 1, 1],
  ] as const
).map(([inChannels, outChannels, kernelSize, stride, groups, padding]) => ({
  inChannels,
  outChannels,
  kernelSize,
  stride,
  groups,
  padding,
}));

onBackendsAndPlain(() => {
  for (const [name, config] of Object.entries(oddGenerators)) {
    it(`a generator, ${name}: the gradients of each parameter and of the mel`, () => {
      const generator = Generator.initialize(config, generatorOf(7));
      // As large within as a trained one is: fresh weights let signals fade.
      for (const [parameter, variable] of generator.parameters) {
        if (parameter.endsWith('weight_g')) tf.tidy(() => variable.assign(tf.mul(variable, 1.7)));
      }
      const frames = 3;
      const mel = variableOf(uniform(2 * frames * config.num_mels, 8), [
        2,
        frames,
        config.num_mels,
      ]);
      const variables = new Map([...generator.parameters, ['mel', mel as tf.Variable]]);
      expectDerivatives(variables, () => [generator.forward(mel as tf.Tensor as tf.Tensor3D)]);
      mel.dispose();
      generator.dispose();
    });
  }

  for (const norm of ['weight', 'spectral'] as const) {
    it(`a small discriminator with ${norm} norm: the gradients of each parameter and of the audio`, () => {
      const discriminator: SubDiscriminator = { name: 'small', layers: LAYERS };
      const state = new NetworkState(
        subDiscriminatorLayers(discriminator, { norm, upstreamRank: 3 }),
        defaultInitializer(generatorOf(9)),
      );
      // Random vectors are far from singular: sigma is what divides.
      for (let i = 0; i < 5; i++) tf.dispose(state.iterateSpectralNorm());
      const audio = variableOf(uniform(2 * 61, 10), [2, 61, 1]);
      const filters = (): Filters => ({
        ...state.filters(),
        ...state.spectralFilters(state.spectralState()),
      });
      const variables = new Map([...state.parameters, ['audio', audio as tf.Variable]]);
      const x = audio as tf.Tensor as tf.Tensor3D;
      expectDerivatives(
        variables,
        () =>
          runSubDiscriminator(discriminator, { x, batch: 2, state, filters: filters() }).features,
      );
      audio.dispose();
      state.dispose();
    });
  }
});
