import { conv1d } from '@hifigan/ops';
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
  const { name, dilations } = block;
  const convolve = block.kind === '1' ? pair : single;
  let y = x;
  dilations.forEach((dilation, i) => {
    const next = convolve(name, i, dilation, y, state, filters);
    if (y !== x) y.dispose();
    y = next;
  });
  return y;
}

// x + conv(lrelu(conv_d(lrelu(x))))
function pair(
  name: string,
  i: number,
  dilation: number,
  x: tf.Tensor3D,
  state: NetworkState,
  filters: Filters,
): tf.Tensor3D {
  const [first, second] = [`${name}.convs1.${i}`, `${name}.convs2.${i}`];
  return tf.tidy(() => {
    // The activation between the two belongs to the first: so the second need not compute it again for
    // its filter's gradient.
    const inner = conv1d(x, filterOf(filters, first), {
      padding: 'same',
      dilation,
      bias: state.bias(first),
      preActivation: SLOPE,
      activation: 'leakyRelu',
      activationSlope: SLOPE,
    });
    return conv1d(inner, filterOf(filters, second), {
      padding: 'same',
      bias: state.bias(second),
      residual: x,
    });
  });
}

// x + conv_d(lrelu(x))
function single(
  name: string,
  i: number,
  dilation: number,
  x: tf.Tensor3D,
  state: NetworkState,
  filters: Filters,
): tf.Tensor3D {
  const layer = `${name}.convs.${i}`;
  return conv1d(x, filterOf(filters, layer), {
    padding: 'same',
    dilation,
    bias: state.bias(layer),
    preActivation: SLOPE,
    residual: x,
  });
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
