import { type HifiGanConfig, presets } from '@hifigan/config';
import { onBackendsAndPlain } from '@hifigan/test-backends';
import { expectClose, golden } from '@hifigan/testkit';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  adversarialLosses,
  discriminatorLosses,
  featureLosses,
  type Judgement,
  meanAbsoluteDifference,
} from './losses.js';
import { createSpectralLoss } from './spectral-loss.js';
import { valueAndGradients } from './tape.js';

const file = golden(import.meta.url, 'fixtures/losses.safetensors');

let tensors: number;
onBackendsAndPlain(() => {
  beforeEach(() => {
    tensors = tf.memory().numTensors;
    tf.engine().startScope();
  });
  afterEach(() => {
    tf.engine().endScope();
    expect(tf.memory().numTensors).toBe(tensors);
  });

  function array(name: string): tf.Tensor {
    const { data, shape } = file.array(name);
    return tf.tensor(Float32Array.from(data), [...shape]);
  }

  /** `[batch, samples, 1]` */
  const audio = (name: string) => tf.expandDims(array(name), 2) as tf.Tensor3D;

  /** Each input by its name in the golden, and the three judgements that hold them. */
  function judgements(side: 'real' | 'generated') {
    const inputs = new Map<string, tf.Tensor>();
    const input = (name: string) => {
      const tensor = array(name);
      inputs.set(name, tensor);
      return tensor;
    };
    const judged: Judgement[] = [0, 1, 2].map((part) => ({
      score: input(`score/${side}.${part}`),
      features: [0, 1].map((layer) => input(`map/${side}.${part}.${layer}`)),
    }));
    return { judged, inputs };
  }

  function compare(
    loss: 'discriminator' | 'generator' | 'feature',
    f: () => tf.Scalar,
    inputs: ReadonlyMap<string, tf.Tensor>,
  ): void {
    const names = [...inputs.keys()].filter((name) => file.has(`gradient/${loss}/${name}`));
    expect(names.length).toBeGreaterThan(0);
    const { value, gradients } = valueAndGradients(
      f,
      names.map((name) => inputs.get(name)!),
    );
    expectClose(value.dataSync(), file.array(`value/${loss}`).data, { relative: 1e-6 }, loss);
    gradients.forEach((gradient, index) => {
      const name = `gradient/${loss}/${names[index]}`;
      expectClose(gradient.dataSync(), file.array(name).data, { relative: 1e-6 }, name);
    });
  }

  describe('the PyTorch oracle’s losses and gradients', () => {
    test('of the discriminators', () => {
      const real = judgements('real');
      const generated = judgements('generated');
      const parts = real.judged.map(({ score }, part) => ({
        real: score,
        generated: generated.judged[part].score,
      }));
      compare(
        'discriminator',
        () => tf.sum(discriminatorLosses(parts)),
        new Map([...real.inputs, ...generated.inputs]),
      );
    });

    test('of the generator before them', () => {
      const { judged, inputs } = judgements('generated');
      compare('generator', () => tf.sum(adversarialLosses(judged)), inputs);
    });

    test('of feature matching; recordings are constants', () => {
      const real = judgements('real');
      const { judged, inputs } = judgements('generated');
      compare('feature', () => tf.sum(featureLosses(real.judged, judged)), inputs);
    });

    /** Losses by name, what is minimised, and its gradient to the generated audio. */
    function spectral(config: HifiGanConfig, share?: number) {
      const loss = createSpectralLoss(config);
      const found = loss.between(audio('audio/real'), audio('audio/generated'), share);
      const names = [...loss.weights.keys()];
      const losses = [...found.losses.dataSync()];
      const total = names.reduce((sum, name, i) => sum + loss.weights.get(name)! * losses[i], 0);
      loss.dispose();
      return { names, losses, total, gradient: found.cotangent.dataSync() };
    }

    const many = { ...presets.v1, use_multiscale_melloss: true, lambda_melloss: 15 };

    test.each([
      // Float32's own distance, in PyTorch too, is 1.4e-6.
      ['mel', presets.v1],
      ['multiscale_mel', many],
      ['magnitude', { ...presets.v1, lambda_magnitude_loss: 15 }],
    ])('of spectra, up to half the sampling rate: %s', (name, config) => {
      const tensors = tf.memory().numTensors;
      const whole = tf.tidy(() => spectral(config));
      expect(tf.memory().numTensors).toBe(tensors);
      expectClose([whole.total], file.array(`value/${name}`).data, { relative: 1e-5 });
      expectClose(whole.gradient, file.array(`gradient/${name}`).data, { relative: 2e-5 });
      const half = spectral(config, 0.5);
      expectClose(
        half.losses,
        whole.losses.map((loss) => loss / 2),
        { relative: 1e-6 },
      );
      const doubled = half.gradient.map((value) => 2 * value);
      expectClose(doubled, whole.gradient, { relative: 1e-6 });
    });

    test('the mel loss and the distance of magnitudes look through the same windows, each by itself', () => {
      const { data: mel } = file.array('gradient/mel');
      const { data: both } = file.array('gradient/magnitude');
      const { data: scales } = file.array('gradient/multiscale_mel');
      const found = spectral({ ...many, lambda_melloss: 3, lambda_magnitude_loss: 15 });
      expect(found.names).toEqual(['mel', 'magnitude']);
      const expected = Array.from(mel, (value, i) => both[i] - value + (3 / 15) * scales[i]);
      expectClose(found.gradient, expected, { relative: 2e-5 });
      const value = (name: string) => file.array(`value/${name}`).data[0];
      const losses = [value('multiscale_mel') / 15, (value('magnitude') - value('mel')) / 15];
      expectClose(found.losses, losses, { relative: 1e-5 });
    });
  });

  test('where both agree there is no gradient', () => {
    const reference = tf.tensor1d([1, 2, 3, 4]);
    const x = tf.tensor1d([1, 5, 1, 4]);
    const { value, gradients } = valueAndGradients(() => meanAbsoluteDifference(reference, x), [x]);
    expect([...value.dataSync()]).toEqual([1.25]);
    expect([...gradients[0].dataSync()]).toEqual([0, 0.25, -0.25, 0]);
  });
});
