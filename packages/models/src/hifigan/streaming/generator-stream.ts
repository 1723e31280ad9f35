import { type Conv1dOptions, conv1d, conv1dTranspose } from '@hifigan/ops';
import * as tf from '@tensorflow/tfjs-core';
import type { Generator } from '../generator.js';
import { upsamplingGeometry } from '../generator-config.js';
import { blocksOf, LAST_SLOPE } from '../generator-layers.js';
import type { Filters } from '../network-state.js';
import { filterOf, type ResidualBlock, SLOPE } from '../residual-blocks.js';
import { StreamedConvolution } from './streamed-convolution.js';
import type { StreamedLayer } from './streamed-layer.js';
import { type StepConvolution, StreamedResidualStep } from './streamed-residual-step.js';
import { pushThrough, StreamedStage } from './streamed-stage.js';
import { StreamedUpsampling } from './streamed-upsampling.js';

/**
 * A generator on its way along mels that come in parts: each layer keeps what it still needs of its input, so that
 * nothing is computed twice and all that comes out is, joined, what `Generator.forward` makes of the whole. What it
 * looks ahead comes out later. Memory does not grow with the mel.
 */
export class GeneratorStream {
  readonly #filters: Filters;
  readonly #layers: readonly StreamedLayer[];

  /** @param generator must live as long as the stream; changes to its weights are not seen */
  constructor(generator: Generator) {
    const { config } = generator;
    this.#filters = generator.filters();
    const convolution = (layer: string, options: Conv1dOptions) => {
      const bias = generator.state.bias(layer);
      const filter = filterOf(this.#filters, layer);
      const { dilation = 1 } = options;
      return {
        reach: ((filter.shape[0] - 1) / 2) * dilation,
        convolve: ({ x, padding }, residual) =>
          conv1d(x, filter, { ...options, padding, bias, ...(residual && { residual }) }),
      } satisfies StepConvolution as StepConvolution;
    };
    const single = (layer: string, options: Conv1dOptions) => {
      const { reach, convolve } = convolution(layer, options);
      return new StreamedConvolution(reach, convolve);
    };
    const upsampling = (stage: number) => {
      const layer = `ups.${stage}`;
      const kernelSize = config.upsample_kernel_sizes[stage];
      const { stride, padding } = upsamplingGeometry(kernelSize, config.upsample_rates[stage]);
      const filter = filterOf(this.#filters, layer);
      const bias = generator.state.bias(layer);
      return new StreamedUpsampling({ kernelSize, stride, padding }, (x, cropped) =>
        conv1dTranspose(x, filter, { stride, padding: cropped, bias, preActivation: SLOPE }),
      );
    };
    this.#layers = [
      single('conv_pre', {}),
      ...config.upsample_rates.map(
        (_, stage) =>
          new StreamedStage(
            upsampling(stage),
            blocksOf(config, stage).map((block) => stepsOf(block, convolution)),
          ),
      ),
      single('conv_post', { preActivation: LAST_SLOPE, activation: 'tanh' }),
    ];
  }

  /**
   * @param mel the next frames, `[batch, frames, mels]`, the caller's; the batch is that of the first part
   * @returns the samples that are now certain, `[batch, samples, 1]`, the caller's; undefined where there are none yet
   */
  push(mel: tf.Tensor3D): tf.Tensor3D | undefined {
    return this.#through(tf.clone(mel), false);
  }

  /** Ends the mel. @returns the samples that are left, the caller's */
  end(): tf.Tensor3D | undefined {
    return this.#through(undefined, true);
  }

  /** Frees what is kept, at any time. */
  dispose(): void {
    for (const layer of this.#layers) layer.dispose();
    for (const filter of Object.values(this.#filters)) filter.dispose();
  }

  // Tidy, for the sake of what lies between when a layer fails.
  #through(x: tf.Tensor3D | undefined, ended: boolean): tf.Tensor3D | undefined {
    return tf.tidy(() => pushThrough(this.#layers, x, ended) as tf.Tensor3D);
  }
}

/** See `residualBlock`, which computes the same of a whole signal. */
function stepsOf(
  block: ResidualBlock,
  convolution: (layer: string, options: Conv1dOptions) => StepConvolution,
): StreamedResidualStep[] {
  return block.dilations.map((dilation, i) => {
    const dilated = { dilation, preActivation: SLOPE };
    if (block.kind === '2') {
      return new StreamedResidualStep([convolution(`${block.name}.convs.${i}`, dilated)]);
    }
    return new StreamedResidualStep([
      convolution(`${block.name}.convs1.${i}`, {
        ...dilated,
        activation: 'leakyRelu',
        activationSlope: SLOPE,
      }),
      convolution(`${block.name}.convs2.${i}`, {}),
    ]);
  });
}
