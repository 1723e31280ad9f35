import { type GeneratorGraph, type GraphNode, INPUT, inputsOf, OUTPUT } from './graph.js';
import { type DeferredBytes, Message } from './protobuf.js';
import { storedBytes, type ToHalf, type Values } from './weight-bytes.js';

export interface SavedModelOptions {
  /** Stores weights as float16, rounded by this; they are computed with as float32. */
  readonly toHalf?: ToHalf;
}

// Of TensorFlow's types.proto.
const FLOAT = 1;
const INT32 = 3;
const HALF = 19;

/** The version of graphs that we write, that of TensorFlow 2.4: later ones read it as it was meant. */
const PRODUCER = 561;

/**
 * The bytes of `saved_model.pb`, which is all that the folder of a TensorFlow SavedModel needs here: the weights are
 * constants. Signature `serving_default` of the tag `serve`: input `mel`, float32 `[batch, frames, num_mels]`, natural
 * log; output `audio`, float32 `[batch, samples]` in [−1, 1]. Batch and frames are free.
 *
 * Source: TensorFlow's saved_model.proto, meta_graph.proto, graph.proto.
 */
export function writeSavedModel(
  graph: GeneratorGraph,
  options: SavedModelOptions = {},
): Uint8Array<ArrayBuffer> {
  return modelOf(graph, options).finish();
}

/** The same file in pieces, of which those of weights are made as they are asked for. */
export function savedModelPieces(
  graph: GeneratorGraph,
  options: SavedModelOptions = {},
): Iterable<Uint8Array> {
  return modelOf(graph, options).pieces();
}

function modelOf(graph: GeneratorGraph, { toHalf }: SavedModelOptions): Message {
  const { num_mels: mels } = graph.config;
  const tensor = (name: string, shape: readonly number[]) =>
    new Message().string(1, `${name}:0`).int(2, FLOAT).message(3, shapeOf(shape));
  const signature = new Message()
    .entry(1, INPUT, tensor(INPUT, [-1, -1, mels]))
    .entry(2, OUTPUT, tensor(OUTPUT, [-1, -1]))
    .string(3, 'tensorflow/serving/predict');
  const metaGraph = new Message()
    .message(1, new Message().string(4, 'serve'))
    .message(2, graphOf(graph, toHalf))
    .entry(5, 'serving_default', signature);
  return new Message().int(1, 1).message(2, metaGraph);
}

/**
 * Time lies on the width of images one high: `[batch, 1, samples, channels]`. On a CPU that is twice as fast as on the
 * height.
 */
function graphOf({ config, nodes }: GeneratorGraph, toHalf?: ToHalf): Message {
  const builder = new GraphBuilder(toHalf);
  const { num_mels: mels } = config;
  builder.node('Placeholder', INPUT, [], {
    dtype: type(FLOAT),
    shape: new Message().message(7, shapeOf([-1, -1, mels])),
  });
  const image = builder.node(
    'ExpandDims',
    `${INPUT}/image`,
    [INPUT, builder.integers(`${INPUT}/axis`, 1)],
    { T: type(FLOAT), Tdim: type(INT32) },
  );
  const names = new Map([[INPUT, image]]);
  const subtracted = subtractedOf(nodes);
  for (const node of nodes) {
    const inputs = inputsOf(node).map((name) => names.get(name)!);
    names.set(node.name, addNode(builder, node, inputs, subtracted));
  }
  const last = nodes[nodes.length - 1];
  builder.node('Squeeze', OUTPUT, [names.get(last.name)!], {
    T: type(FLOAT),
    squeeze_dims: integers([1, 3]),
  });
  return builder.finish();
}

/**
 * Convolutions whose result is added to another: they are stored with the sign of their weights turned, and subtracted,
 * which makes the same numbers. A sum is drawn into the convolution by TensorFlow's remapper, which in chains of
 * residual blocks loses track ("remapper failed: … exist for missing node", TensorFlow 2.21) and then fuses nothing in
 * the whole graph, bias and activation neither.
 */
function subtractedOf(nodes: readonly GraphNode[]): ReadonlySet<string> {
  const convolutions = new Set(nodes.flatMap(({ op, name }) => (op === 'conv1d' ? [name] : [])));
  const taken = nodes.flatMap(inputsOf);
  const once = (name: string) => taken.filter((other) => other === name).length === 1;
  return new Set(
    nodes.flatMap((node) => {
      const last = node.op === 'add' && node.inputs.length === 2 ? node.inputs[1] : '';
      return convolutions.has(last) && once(last) ? [last] : [];
    }),
  );
}

/** @returns the name of what it makes */
function addNode(
  builder: GraphBuilder,
  node: GraphNode,
  inputs: readonly string[],
  subtracted: ReadonlySet<string>,
): string {
  const { name } = node;
  switch (node.op) {
    case 'normalise': {
      const mean = builder.floats(`${name}/mean`, [node.mean.length], node.mean);
      const centred = builder.node('Sub', `${name}/centred`, [...inputs, mean], {
        T: type(FLOAT),
      });
      const scale = builder.floats(`${name}/scale`, [node.scale.length], node.scale);
      return builder.node('RealDiv', name, [centred, scale], { T: type(FLOAT) });
    }
    case 'conv1d': {
      const [kernel, from, to] = node.filter.shape;
      const signed = (data: Float32Array): Values =>
        subtracted.has(name) ? { length: data.length, make: () => data.map((x) => -x) } : data;
      const values = signed(node.filter.data);
      const filter = builder.weights(`${name}/filter`, [1, kernel, from, to], values);
      const convolved = builder.node('Conv2D', `${name}/convolution`, [...inputs, filter], {
        T: type(FLOAT),
        strides: integers([1, 1, 1, 1]),
        dilations: integers([1, 1, node.dilation, 1]),
        padding: text('SAME'),
        data_format: text('NHWC'),
      });
      return biased(builder, { name, bias: signed(node.bias) }, convolved);
    }
    case 'convTranspose1d':
      return biased(builder, node, upsampled(builder, node, inputs[0]));
    case 'leakyRelu':
      return builder.node('LeakyRelu', name, inputs, {
        T: type(FLOAT),
        alpha: new Message().float(4, node.slope),
      });
    case 'add':
      if (subtracted.has(node.inputs[1])) {
        return builder.node('Sub', name, inputs, { T: type(FLOAT) });
      }
      return node.inputs.length === 2
        ? builder.node('AddV2', name, inputs, { T: type(FLOAT) })
        : builder.node('AddN', name, inputs, {
            T: type(FLOAT),
            N: new Message().int(3, inputs.length),
          });
    case 'scale': {
      const factor = builder.floats(`${name}/factor`, [], Float32Array.of(node.factor));
      return builder.node('Mul', name, [...inputs, factor], { T: type(FLOAT) });
    }
    case 'tanh':
      return builder.node('Tanh', name, inputs, { T: type(FLOAT) });
  }
}

function biased(
  builder: GraphBuilder,
  { name, bias }: { readonly name: string; readonly bias: Values },
  convolved: string,
): string {
  const values = builder.weights(`${name}/bias`, [bias.length], bias);
  return builder.node('BiasAdd', name, [convolved, values], {
    T: type(FLOAT),
    data_format: text('NHWC'),
  });
}

/**
 * A transposed convolution, as the gradient of a convolution to its input. `SAME` is taken where it crops as we do;
 * else the whole result is cut, as explicit padding is slow.
 */
function upsampled(
  builder: GraphBuilder,
  { name, filter, stride, cropped }: Extract<GraphNode, { readonly op: 'convTranspose1d' }>,
  input: string,
): string {
  const [kernel, to, from] = filter.shape;
  const spare = kernel - stride;
  const [before, after] = cropped;
  const same = before === Math.floor(spare / 2) && after === spare - before;
  const values = builder.weights(`${name}/filter`, [1, kernel, to, from], filter.data);
  const shape = builder.node('Shape', `${name}/shape`, [input], {
    T: type(FLOAT),
    out_type: type(INT32),
  });
  // [batch, 1, time, channels] times [1, 1, stride, 0] plus [0, 0, …, channels].
  const sizes = (suffix: string, more: number) => {
    const times = builder.node(
      'Mul',
      `${name}/${suffix}/times`,
      [shape, builder.integers(`${name}/${suffix}/factors`, [1, 1, stride, 0])],
      { T: type(INT32) },
    );
    const added = builder.integers(`${name}/${suffix}/added`, [0, 0, more, to]);
    return builder.node('AddV2', `${name}/${suffix}`, [times, added], { T: type(INT32) });
  };
  const whole = sizes('size', same ? 0 : spare);
  const result = builder.node(
    'Conv2DBackpropInput',
    `${name}/convolution`,
    [whole, values, input],
    {
      T: type(FLOAT),
      strides: integers([1, 1, stride, 1]),
      padding: text(same ? 'SAME' : 'VALID'),
      data_format: text('NHWC'),
    },
  );
  if (same) return result;
  const begin = builder.integers(`${name}/begin`, [0, 0, before, 0]);
  return builder.node('Slice', `${name}/cut`, [result, begin, sizes('cut_size', 0)], {
    T: type(FLOAT),
    Index: type(INT32),
  });
}

/** Nodes of a GraphDef, each after what it takes. */
class GraphBuilder {
  private readonly message = new Message();

  constructor(private readonly toHalf?: ToHalf) {}

  node(
    op: string,
    name: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Message>>,
  ): string {
    const node = new Message().string(1, name).string(2, op);
    for (const input of inputs) node.string(3, input);
    for (const [key, value] of Object.entries(attributes)) node.entry(5, key, value);
    this.message.message(1, node);
    return name;
  }

  floats(name: string, shape: readonly number[], data: Values): string {
    return this.constant(name, FLOAT, { shape, bytes: storedBytes(name, data) });
  }

  /** Stored as float16 where that is wanted. */
  weights(name: string, shape: readonly number[], data: Values): string {
    const { toHalf } = this;
    if (!toHalf) return this.floats(name, shape, data);
    const bytes = storedBytes(name, data, toHalf);
    const stored = this.constant(`${name}/float16`, HALF, { shape, bytes });
    return this.node('Cast', name, [stored], { SrcT: type(HALF), DstT: type(FLOAT) });
  }

  integers(name: string, values: number | readonly number[]): string {
    const list = [values].flat();
    const bytes = new Uint8Array(4 * list.length);
    const view = new DataView(bytes.buffer);
    for (const [i, value] of list.entries()) view.setInt32(4 * i, value, true);
    const shape = typeof values === 'number' ? [] : [list.length];
    return this.constant(name, INT32, { shape, bytes });
  }

  finish(): Message {
    return this.message.message(4, new Message().int(1, PRODUCER));
  }

  private constant(
    name: string,
    dtype: number,
    {
      shape,
      bytes,
    }: { readonly shape: readonly number[]; readonly bytes: Uint8Array | DeferredBytes },
  ): string {
    const tensor = new Message().int(1, dtype).message(2, shapeOf(shape)).bytes(4, bytes);
    const value = new Message().message(8, tensor);
    return this.node('Const', name, [], { dtype: type(dtype), value });
  }
}

/** −1 stands for any size. */
function shapeOf(shape: readonly number[]): Message {
  const message = new Message();
  for (const size of shape) message.message(2, new Message().int(1, size));
  return message;
}

function type(value: number): Message {
  return new Message().int(6, value);
}

function text(value: string): Message {
  return new Message().string(2, value);
}

function integers(values: readonly number[]): Message {
  return new Message().message(1, new Message().packed(3, values));
}
