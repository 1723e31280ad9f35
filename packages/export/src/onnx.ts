import {
  type GeneratorGraph,
  type GraphNode,
  INPUT,
  inputsOf,
  type Normalise,
  OUTPUT,
} from './graph.js';
import { metadataOf, PROFILE_KEY } from './metadata.js';
import { type DeferredBytes, Message } from './protobuf.js';
import { storedBytes, type ToHalf, turned, type Values } from './weight-bytes.js';

export interface OnnxOptions {
  /** Version of the standard operators, {@link OPSETS}. */
  readonly opset?: number;
  /** Stores weights as float16, rounded by this; they are computed with as float32. */
  readonly toHalf?: ToHalf;
  /** What else the file says of itself, such as `dataset` or `license`; sherpa-onnx prints it. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** What the numbers of its mels mean, which goes into the file as JSON: `MelProfile` of @hifigan/audio. */
  readonly profile?: object;
}

/** What `opset` may be: since the first none of the operators that we use has changed in what we use of it. */
export const OPSETS = { first: 17, last: 23 } as const;

// Of onnx.proto: the version of the format that opset 17 came with, and types of values.
const IR_VERSION = 8;
const FLOAT = 1;
const INT64 = 7;
const FLOAT16 = 10;

const AttributeKind = { float: 1, int: 2, ints: 7 } as const;

/**
 * The bytes of an ONNX file: input `mel`, float32 `[batch, num_mels, frames]`, natural log; output `audio`, float32
 * `[batch, samples]` in [−1, 1]. Batch and frames are free. What sherpa-onnx reads of a vocoder is there, and the whole
 * configuration, which {@link readOnnxConfig} gets back.
 *
 * Source: the ONNX specification, onnx.proto; of the metadata, sherpa-onnx/csrc/vocoder.cc.
 *
 * @throws RangeError where the opset is none that can be written
 */
export function writeOnnx(
  graph: GeneratorGraph,
  options: OnnxOptions = {},
): Uint8Array<ArrayBuffer> {
  return modelOf(graph, options).finish();
}

/**
 * The same file in pieces, of which those of weights are made as they are asked for.
 *
 * @throws as {@link writeOnnx}
 */
export function onnxPieces(graph: GeneratorGraph, options: OnnxOptions = {}): Iterable<Uint8Array> {
  return modelOf(graph, options).pieces();
}

function modelOf(
  graph: GeneratorGraph,
  { opset = OPSETS.first, toHalf, metadata, profile }: OnnxOptions,
): Message {
  if (!Number.isInteger(opset) || opset < OPSETS.first || opset > OPSETS.last) {
    throw new RangeError(
      `writeOnnx: opset=${opset} must be from ${OPSETS.first} to ${OPSETS.last}, because the file is known to be right for those; leave it out`,
    );
  }
  const model = new Message()
    .int(1, IR_VERSION)
    .string(2, 'hifigan')
    .message(8, new Message().string(1, '').int(2, opset));
  // Before the graph, so that a reader of the first bytes finds it.
  const facts = {
    ...metadata,
    ...(profile && { [PROFILE_KEY]: JSON.stringify(profile) }),
    ...metadataOf(graph.config),
  };
  for (const [key, value] of Object.entries(facts)) {
    model.message(14, new Message().string(1, key).string(2, value));
  }
  return model.message(7, graphOf(graph, toHalf));
}

function graphOf({ config, nodes }: GeneratorGraph, toHalf?: ToHalf): Message {
  const message = new Message();
  const initializers: Message[] = [];
  /** A constant by its name. */
  const constant: Store = (name, shape, data) => {
    initializers.push(tensorOf(name, shape, { type: FLOAT, bytes: storedBytes(name, data) }));
    return name;
  };
  /** A weight by its name; of float16, what a node makes float32. */
  const weight: Store = (name, shape, data) => {
    if (!toHalf) return constant(name, shape, data);
    const stored = `${name}/float16`;
    const bytes = storedBytes(name, data, toHalf);
    initializers.push(tensorOf(stored, shape, { type: FLOAT16, bytes }));
    message.message(1, nodeOf('Cast', { inputs: [stored], output: name }, { to: FLOAT }));
    return name;
  };
  for (const node of nodes) {
    if (node.op === 'normalise') {
      // [batch, mels, frames]: a number a row.
      const rows = (name: string, data: Float32Array) =>
        constant(`${node.name}/${name}`, [data.length, 1], data);
      const centred = `${node.name}/centred`;
      const inputs = [node.input, rows('mean', node.mean)];
      message.message(1, nodeOf('Sub', { inputs, output: centred }));
      const scaled = { inputs: [centred, rows('scale', node.scale)], output: node.name };
      message.message(1, nodeOf('Div', scaled));
      continue;
    }
    const operation = operationOf(node, { weight, constant });
    const places = { inputs: [...inputsOf(node), ...(operation.weights ?? [])], output: node.name };
    message.message(1, nodeOf(operation.type, places, operation.attributes));
  }
  // [batch, 1, samples] to [batch, samples].
  const axis = `${OUTPUT}/axis`;
  const one = new Uint8Array([1, 0, 0, 0, 0, 0, 0, 0]);
  initializers.push(tensorOf(axis, [1], { type: INT64, bytes: one }));
  const last = nodes[nodes.length - 1];
  message.message(1, nodeOf('Squeeze', { inputs: [last.name, axis], output: OUTPUT }));
  message.string(2, 'hifigan');
  for (const initializer of initializers) message.message(5, initializer);
  message.message(11, valueInfo(INPUT, ['batch', config.num_mels, 'frames']));
  message.message(12, valueInfo(OUTPUT, ['batch', 'samples']));
  return message;
}

type Attributes = Readonly<Record<string, number | readonly number[] | { readonly float: number }>>;

/** Stores an array, and gives the name under which a node takes it. */
type Store = (name: string, shape: readonly number[], data: Values) => string;

/** What a node becomes, and what it takes besides its inputs. */
function operationOf(
  node: Exclude<GraphNode, Normalise>,
  { weight, constant }: { readonly weight: Store; readonly constant: Store },
): { readonly type: string; readonly weights?: string[]; readonly attributes?: Attributes } {
  switch (node.op) {
    case 'conv1d': {
      const [kernel] = node.filter.shape;
      const padding = (node.dilation * (kernel - 1)) / 2;
      return {
        type: 'Conv',
        weights: weightsOf(node, weight),
        attributes: {
          dilations: [node.dilation],
          kernel_shape: [kernel],
          pads: [padding, padding],
          strides: [1],
        },
      };
    }
    case 'convTranspose1d':
      return {
        type: 'ConvTranspose',
        weights: weightsOf(node, weight),
        attributes: {
          kernel_shape: [node.filter.shape[0]],
          pads: node.cropped,
          strides: [node.stride],
        },
      };
    case 'leakyRelu':
      return { type: 'LeakyRelu', attributes: { alpha: { float: node.slope } } };
    case 'add':
      return { type: node.inputs.length === 2 ? 'Add' : 'Sum' };
    case 'scale': {
      const factor = constant(`${node.name}/factor`, [], Float32Array.of(node.factor));
      return { type: 'Mul', weights: [factor] };
    }
    case 'tanh':
      return { type: 'Tanh' };
  }
}

function weightsOf(
  { name, filter, bias }: Extract<GraphNode, { readonly filter: unknown }>,
  weight: Store,
): string[] {
  return [
    weight(`${name}.weight`, [...filter.shape].reverse(), {
      length: filter.data.length,
      make: () => turned(filter),
    }),
    weight(`${name}.bias`, [bias.length], bias),
  ];
}

function tensorOf(
  name: string,
  shape: readonly number[],
  { type, bytes }: { readonly type: number; readonly bytes: Uint8Array | DeferredBytes },
): Message {
  return new Message().packed(1, shape).int(2, type).string(8, name).bytes(9, bytes);
}

function nodeOf(
  type: string,
  { inputs, output }: { readonly inputs: readonly string[]; readonly output: string },
  attributes: Attributes = {},
): Message {
  const message = new Message();
  for (const input of inputs) message.string(1, input);
  message.string(2, output).string(3, output).string(4, type);
  for (const [name, value] of Object.entries(attributes)) {
    const attribute = new Message().string(1, name);
    if (typeof value === 'number') attribute.int(3, value).int(20, AttributeKind.int);
    else if ('float' in value) attribute.float(2, value.float).int(20, AttributeKind.float);
    else attribute.packed(8, value).int(20, AttributeKind.ints);
    message.message(5, attribute);
  }
  return message;
}

function valueInfo(name: string, shape: readonly (number | string)[]): Message {
  const dimensions = new Message();
  for (const size of shape) {
    const dimension = new Message();
    dimensions.message(
      1,
      typeof size === 'number' ? dimension.int(1, size) : dimension.string(2, size),
    );
  }
  const tensor = new Message().int(1, FLOAT).message(2, dimensions);
  return new Message().string(1, name).message(2, new Message().message(1, tensor));
}
