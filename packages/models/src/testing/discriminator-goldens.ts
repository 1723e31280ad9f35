import { expectClose, expectSummary, type Golden, golden } from '@hifigan/testkit';
import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import {
  arraysOf,
  type DiscriminatorOutput,
  MultiPeriodDiscriminator,
  MultiScaleDiscriminator,
  PERIODS,
  toUpstream,
} from '../index.js';
import { loadHashedState, signal, upstreamGradients, values } from './goldens.js';

const BATCH = 2;
const FEATURES = 1e-4;
const GRADIENTS = 1e-3;

/** A feature map in PyTorch's layout: of MPD `[batch, channels, rows, period]`, of MSD without the period. */
async function upstreamMap(map: tf.Tensor3D, period?: number): Promise<ArrayLike<number>> {
  if (period === undefined) return values(map);
  const [, rows, channels] = map.shape;
  const turned = tf.tidy(() =>
    tf.transpose(tf.reshape(map, [BATCH, period, rows, channels]), [0, 3, 2, 1]),
  );
  const read = await turned.data();
  turned.dispose();
  return read;
}

async function expectOutputs(
  reference: Golden,
  prefix: string,
  outputs: readonly DiscriminatorOutput[],
  periods: readonly number[] = [],
): Promise<void> {
  for (const [d, { score, features }] of outputs.entries()) {
    for (const [layer, map] of features.entries()) {
      const name = `${prefix}${d}/features.${layer}`;
      expectSummary(reference, name, await upstreamMap(map, periods[d]), FEATURES);
    }
    const last = await upstreamMap(features.at(-1)!, periods[d]);
    const expected = reference.array(`${prefix}${d}/score`);
    expectClose(last, expected.data, { relative: FEATURES }, `score ${d}`);
    expect(score.shape).toEqual(expected.shape);
    // The score is the last map, whatever the order of its values.
    const sorted = (data: ArrayLike<number>) => Float32Array.from(data).sort();
    expectClose(sorted(await score.data()), sorted(last), { max: 0 }, `score ${d}`);
  }
}

/** Copies that outlive the pass: a GPU is not read at once. */
function keepOutputs(outputs: readonly DiscriminatorOutput[]): DiscriminatorOutput[] {
  const keep = <T extends tf.Tensor>(x: T): T => tf.keep(tf.clone(x)) as T;
  return outputs.map(({ score, features }) => ({
    score: keep(score),
    features: features.map((map) => keep(map)),
  }));
}

function disposeOutputs(outputs: readonly DiscriminatorOutput[]): void {
  for (const { score, features } of outputs) tf.dispose([score, [...features]]);
}

/** The loss of the goldens: over all maps, the mean of their squares. */
const lossOf = (outputs: readonly DiscriminatorOutput[]) =>
  tf.addN(
    outputs.flatMap(({ features }) => features.map((map) => tf.mean(tf.square(map)))),
  ) as tf.Scalar;

/** The suite of both discriminators' goldens, on the backend that is active. */
export function discriminatorGoldens(): void {
  it('multi-period: maps, scores and gradients', async () => {
    const reference = golden(import.meta.url, '../fixtures/mpd.safetensors');
    const discriminator = MultiPeriodDiscriminator.initialize(() => 0.5);
    loadHashedState(discriminator, reference);
    const audio = signal(reference, 'audio');
    const held = tf.memory().numTensors;
    let kept: readonly DiscriminatorOutput[] = [];
    const { value, grads } = tf.variableGrads(() => {
      const outputs = discriminator.forward(audio);
      kept = keepOutputs(outputs);
      return lossOf(outputs);
    }, [...discriminator.parameters.values()]);
    await expectOutputs(reference, '', kept, PERIODS);
    disposeOutputs(kept);
    for (const [name, gradient] of await upstreamGradients(discriminator, grads)) {
      expectSummary(reference, `gradient/${name}`, gradient, GRADIENTS);
    }
    const toAudio = tf.grad((x) => lossOf(discriminator.forward(x as tf.Tensor3D)))(audio);
    expectClose(await values(toAudio), reference.array('gradient/audio').data, {
      relative: GRADIENTS,
    });
    tf.dispose([value, grads, toAudio]);
    expect(tf.memory().numTensors).toBe(held);
    audio.dispose();
    discriminator.dispose();
  });

  it('multi-scale: maps, scores, gradients, and spectral norm from pass to pass', async () => {
    const reference = golden(import.meta.url, '../fixtures/msd.safetensors');
    const discriminator = MultiScaleDiscriminator.initialize(() => 0.5);
    loadHashedState(discriminator, reference);
    const specs = arraysOf(discriminator);
    const expectVectors = async (iterations: number) => {
      for (const [name, buffer] of discriminator.buffers) {
        const { data } = toUpstream(specs.get(name)!, (await buffer.data()) as Float32Array);
        const expected = reference.array(`buffers/${iterations}/${name}`).data;
        expectClose(data, expected, { relative: 1e-5 }, name);
      }
    };
    const audio = signal(reference, 'audio');
    const held = tf.memory().numTensors;

    await expectVectors(0);
    let kept: readonly DiscriminatorOutput[] = [];
    const { value, grads } = tf.variableGrads(() => {
      const outputs = discriminator.forward(audio, { spectralNorm: 'iterate' });
      kept = keepOutputs(outputs);
      return lossOf(outputs);
    }, [...discriminator.parameters.values()]);
    await expectOutputs(reference, '', kept);
    disposeOutputs(kept);
    await expectVectors(1);
    for (const [name, gradient] of await upstreamGradients(discriminator, grads)) {
      expectSummary(reference, `gradient/${name}`, gradient, GRADIENTS);
    }
    // Held: the vectors are those of the pass above.
    const toAudio = tf.grad((x) => lossOf(discriminator.forward(x as tf.Tensor3D)))(audio);
    expectClose(await values(toAudio), reference.array('gradient/audio').data, {
      relative: GRADIENTS,
    });
    await expectVectors(1);

    const second = discriminator.forward(audio, { spectralNorm: 'iterate' });
    await expectOutputs(reference, 'second/', second.slice(0, 1));
    await expectVectors(2);
    const evaluated = discriminator.forward(audio, { spectralNorm: 'hold' });
    await expectOutputs(reference, 'held/', evaluated.slice(0, 1));
    await expectVectors(2);

    tf.dispose([value, grads, toAudio]);
    for (const { score, features } of [...second, ...evaluated]) tf.dispose([score, features]);
    expect(tf.memory().numTensors).toBe(held);
    audio.dispose();
    discriminator.dispose();
  });
}
