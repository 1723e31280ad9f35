import { conv1d, conv1dTranspose } from '@hifigan/ops';
import * as tf from '@tensorflow/tfjs-core';
import { type GeneratorConfig, upsamplingGeometry } from './generator-config.js';
import { blocksOf, LAST_SLOPE, layersOf } from './generator-layers.js';
import { defaultInitializer } from './initialization.js';
import { type Filters, type Initializer, NetworkState } from './network-state.js';
import { filterOf, residualBlock, SLOPE } from './residual-blocks.js';

export interface GeneratorForwardOptions {
  /** What {@link Generator.filters} gave; computed anew where absent. */
  readonly filters?: Filters;
  /**
   * Told of what lies between, as it is computed: `conv_pre`, and of each stage `ups.<stage>` and
   * `stage.<stage>` (the mean of its residual blocks), each `[batch, samples', channels]`. A tensor lives
   * only until the call returns.
   */
  readonly observe?: (name: string, x: tf.Tensor3D) => void;
}

/** HiFi-GAN's generator (Kong, Kim and Bae, 2020): a mel spectrogram in, audio out. */
export class Generator {
  readonly config: GeneratorConfig;
  /** Internal: the network's variables and layers. */
  readonly state: NetworkState;
  /** Whether each convolution has a weight norm; without, it is for inference only. */
  readonly weightNormed: boolean;

  private constructor(config: GeneratorConfig, weightNormed: boolean, initial: Initializer) {
    this.config = config;
    this.weightNormed = weightNormed;
    this.state = new NetworkState(layersOf(config, weightNormed ? 'weight' : 'none'), initial);
  }

  /**
   * A generator with fresh weights, as PyTorch would draw them.
   * @param config of any legal shape (see `@hifigan/config`)
   * @param random uniform in [0, 1); the same numbers give the same weights
   */
  static initialize(config: GeneratorConfig, random: () => number): Generator {
    return new Generator(config, true, defaultInitializer(random));
  }

  /**
   * A generator to load weights into (`importState`): zeros until then.
   * @param options `weightNormed: false` for inference: fewer weights, and none to compute
   */
  static empty(
    config: GeneratorConfig,
    { weightNormed = true }: { readonly weightNormed?: boolean } = {},
  ): Generator {
    return new Generator(config, weightNormed, zeros);
  }

  /** The trained variables by upstream's names (`resblocks.0.convs1.0.weight_v`), in upstream's order. */
  get parameters(): ReadonlyMap<string, tf.Variable> {
    return this.state.parameters;
  }

  /** None; here because networks have them. */
  get buffers(): ReadonlyMap<string, tf.Variable> {
    return this.state.buffers;
  }

  /** Samples of audio a frame of mel. */
  get hopSize(): number {
    return this.config.upsample_rates.reduce((product, rate) => product * rate, 1);
  }

  /**
   * The filters with their weight norm applied. To share them between forward passes, compute them within
   * the function that is differentiated; the caller disposes of them.
   */
  filters(): Filters {
    return this.state.filters();
  }

  /**
   * @param mel natural log-mel spectrogram, `[batch, frames, mels]`
   * @returns audio in [-1, 1], `[batch, frames * hopSize, 1]`, the caller's
   * @throws where the number of mels is not the config's
   */
  forward(mel: tf.Tensor3D, options: GeneratorForwardOptions = {}): tf.Tensor3D {
    const { num_mels: mels } = this.config;
    if (mel.shape.length !== 3 || mel.shape[2] !== mels) {
      throw new RangeError(
        `Generator.forward: mel must be [batch, frames, ${mels}], because the config has num_mels=${mels}, but is [${mel.shape}]`,
      );
    }
    return tf.tidy(() => {
      const filters = options.filters ?? this.filters();
      let x = conv1d(mel, filterOf(filters, 'conv_pre'), {
        padding: 'same',
        bias: this.state.bias('conv_pre'),
      });
      options.observe?.('conv_pre', x);
      this.config.upsample_rates.forEach((rate, stage) => {
        const next = this.stage(x, stage, rate, filters, options);
        options.observe?.(`stage.${stage}`, next);
        x.dispose();
        x = next;
      });
      return conv1d(x, filterOf(filters, 'conv_post'), {
        padding: 'same',
        bias: this.state.bias('conv_post'),
        preActivation: LAST_SLOPE,
        activation: 'tanh',
      });
    });
  }

  // Upsampling and the mean of the residual blocks.
  private stage(
    x: tf.Tensor3D,
    stage: number,
    rate: number,
    filters: Filters,
    { observe }: GeneratorForwardOptions,
  ): tf.Tensor3D {
    return tf.tidy(() => {
      const layer = `ups.${stage}`;
      const upsampled = conv1dTranspose(x, filterOf(filters, layer), {
        ...upsamplingGeometry(this.config.upsample_kernel_sizes[stage], rate),
        bias: this.state.bias(layer),
        preActivation: SLOPE,
      });
      observe?.(layer, upsampled);
      const outputs = blocksOf(this.config, stage).map((block) =>
        residualBlock(block, upsampled, this.state, filters),
      );
      return tf.div(tf.addN(outputs), outputs.length) as tf.Tensor3D;
    });
  }

  /** A copy for inference: weight norms multiplied out, a third of the layers' arrays gone. */
  foldWeightNorm(): Generator {
    const folded = Generator.empty(this.config, { weightNormed: false });
    tf.tidy(() => {
      const filters = this.filters();
      for (const { name } of this.state.layers) {
        folded.state.parameter(`${name}.weight`).assign(filterOf(filters, name));
        folded.state.bias(name).assign(this.state.bias(name));
      }
    });
    return folded;
  }

  /** Frees the variables. */
  dispose(): void {
    this.state.dispose();
  }
}

const zeros: Initializer = ({ shape }) =>
  new Float32Array(shape.reduce((product, length) => product * length, 1));
