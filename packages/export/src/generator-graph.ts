import type { HifiGanConfig } from '@hifigan/config';
import {
  foldedLayers,
  generatorStructure,
  type ResidualBlock,
  type UpstreamArrays,
} from '@hifigan/models';
import { type GeneratorGraph, type GraphNode, INPUT } from './graph.js';

export interface GeneratorGraphOptions {
  /** What to call the weights in errors. */
  readonly where?: string;
  /** What mels are normalised with before the generator takes them, of each band: the graph begins with it then. */
  readonly statistics?: { readonly mean: ArrayLike<number>; readonly scale: ArrayLike<number> };
}

/**
 * The graph of a generator.
 *
 * @param weights in PyTorch's layout by upstream's names, with weight norm, which is multiplied out, or without
 * @throws StateError where weights and configuration do not belong together
 */
export function generatorGraph(
  config: HifiGanConfig,
  weights: UpstreamArrays,
  { where = 'generatorGraph', statistics }: GeneratorGraphOptions = {},
): GeneratorGraph {
  const layers = foldedLayers(config, weights, where);
  const { slope, lastSlope, stages } = generatorStructure(config);
  const nodes: GraphNode[] = [];
  // Returns what it adds, so that the next can take it.
  const add = <T extends GraphNode>(node: T): T => {
    nodes.push(node);
    return node;
  };
  const weightsOf = (name: string) => {
    const { filter, bias } = layers.get(name)!;
    return { name, filter, bias };
  };
  const convolve = (name: string, x: Node, dilation = 1) => {
    const { filter, bias } = weightsOf(name);
    const { rate } = x;
    const channels = filter.shape[2];
    return add({
      op: 'conv1d',
      ...{ name, input: x.name, channels, rate, filter, bias, dilation },
    });
  };
  const leak = (name: string, x: Node, by: number) =>
    add({ op: 'leakyRelu', name, input: x.name, slope: by, channels: x.channels, rate: x.rate });

  /** x + conv(lrelu(conv_d(lrelu(x)))), or of the second kind x + conv_d(lrelu(x)), one after the other. */
  const blockOf = ({ kind, name, dilations }: ResidualBlock, x: Node, activated: Node): Node =>
    dilations.reduce((y, dilation, i) => {
      const named = (list: string) => `${name}.${list}.${i}`;
      const list = kind === '1' ? 'convs1' : 'convs';
      const before = i === 0 ? activated : leak(`${named(list)}/leaky_relu`, y, slope);
      const first = convolve(named(list), before, dilation);
      const last =
        kind === '1'
          ? convolve(named('convs2'), leak(`${named('convs2')}/leaky_relu`, first, slope))
          : first;
      const inputs = [y.name, last.name];
      return add({
        op: 'add',
        ...{ name: `${last.name}/residual`, inputs, channels: y.channels, rate: y.rate },
      });
    }, x);

  const input: Node = { name: INPUT, channels: config.num_mels, rate: 1 };
  // Not multiplied into the first convolution: its padding is zero after it and not before.
  const first: Node = statistics
    ? add({
        ...{ op: 'normalise', name: 'normalised', input: input.name },
        ...{ channels: input.channels, rate: input.rate },
        mean: Float32Array.from(statistics.mean),
        scale: Float32Array.from(statistics.scale),
      })
    : input;
  let x: Node = convolve('conv_pre', first);
  stages.forEach(({ name, rate, cropped, channels, blocks }, stage) => {
    const before = leak(`${name}/leaky_relu`, x, slope);
    const upsampled = add({
      op: 'convTranspose1d',
      ...weightsOf(name),
      ...{ input: before.name, stride: rate, cropped, channels, rate: x.rate * rate },
    });
    // The same before each of the blocks.
    const activated = leak(`stage.${stage}/leaky_relu`, upsampled, slope);
    const outputs = blocks.map((block) => blockOf(block, upsampled, activated));
    x = meanOf(outputs, `stage.${stage}`, add);
  });
  const last = convolve('conv_post', leak('conv_post/leaky_relu', x, lastSlope));
  add({ op: 'tanh', name: 'tanh', input: last.name, channels: last.channels, rate: last.rate });
  return { config, input, nodes };
}

type Node = GeneratorGraph['input'];

function meanOf(outputs: readonly Node[], name: string, add: (node: GraphNode) => Node): Node {
  const [first] = outputs;
  if (outputs.length === 1) return first;
  const { channels, rate } = first;
  const inputs = outputs.map((output) => output.name);
  const sum = add({ op: 'add', name: `${name}/sum`, inputs, channels, rate });
  const factor = 1 / outputs.length;
  return add({ op: 'scale', name: `${name}/mean`, input: sum.name, factor, channels, rate });
}
