import { type Conv1dOptions, conv1d } from '@hifigan/ops';
import * as tf from '@tensorflow/tfjs-core';
import type { GeneratorConfig } from './generator-config.js';
import { type LayerSpec, layerSpec } from './layer-spec.js';
import type { Filters, NetworkState } from './network-state.js';

/** Slope of the leaky ReLUs within a stage. */
export const SLOPE = 0.1;

/** A residual block: where its layers stand, and its kernel and dilations. */
export interface ResidualBlock {
  readonly kind: GeneratorConfig['resblock'];
  readonly name: string;
  readonly channels: number;
  readonly kernelSize: number;
  readonly dilations: readonly number[];
}

export function residualBlockLayers(
  { kind, name, channels, kernelSize, dilations }: ResidualBlock,
  norm: LayerSpec['norm'],
): LayerSpec[] {
  const layers = (list: string) =>
    dilations.map((_, i) =>
      layerSpec(`${name}.${list}.${i}`, {
        kernelSize,
        inChannels: channels,
        outChannels: channels,
        norm,
      }),
    );
  return kind === '1' ? [...layers('convs1'), ...layers('convs2')] : layers('convs');
}

/** `[batch, samples, channels]` to the same shape; frees what lies between. */
export function residualBlock(
  block: ResidualBlock,
  x: tf.Tensor3D,
  state: NetworkState,
  filters: Filters,
): tf.Tensor3D {
  let y = x;
  block.dilations.forEach((dilation, i) => {
    const convolve = (list: string, input: tf.Tensor3D, options: Conv1dOptions) => {
      const layer = `${block.name}.${list}.${i}`;
      const bias = state.bias(layer);
      return conv1d(input, filterOf(filters, layer), { padding: 'same', bias, ...options });
    };
    const input = y;
    const next = tf.tidy(() => {
      const dilated = { dilation, preActivation: SLOPE };
      // x + conv_d(lrelu(x))
      if (block.kind === '2') return convolve('convs', input, { ...dilated, residual: input });
      // x + conv(lrelu(conv_d(lrelu(x)))). The activation between the two belongs to the first: so the second need
      // not compute it again for its filter's gradient.
      const activated = { activation: 'leakyRelu', activationSlope: SLOPE } as const;
      const inner = convolve('convs1', input, { ...dilated, ...activated });
      return convolve('convs2', inner, { residual: input });
    });
    if (y !== x) y.dispose();
    y = next;
  });
  return y;
}

/** @throws where the filters are of another network */
export function filterOf(filters: Filters, layer: string): tf.Tensor3D {
  const filter = filters[layer];
  if (!filter) {
    throw new Error(
      `filters: layer=${layer} must be among them, because it is convolved with; take them from the same network's filters()`,
    );
  }
  return filter;
}
