import type { RangeSource } from './metadata.js';
import { fieldAt } from './protobuf.js';

/** As many bytes as the number of a field and its length take together, at most. */
const HEADER = 20;
/** The beginning of a tensor, before its values: its shape and its type. */
const BEGINNING = 256;
/** Numbers of fields: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto, ModelProto, GraphProto, TensorProto. */
const [GRAPH, INITIALIZER, DATA_TYPE] = [7, 5, 2];
/** TensorProto.DataType, those that weights have. */
const TYPES: Readonly<Record<number, string>> = {
  ...{ 1: 'float32', 10: 'float16', 11: 'float64', 16: 'bfloat16', 3: 'int8', 2: 'uint8' },
};
/** Fields that a graph has at most. */
const MOST_FIELDS = 100_000;

/**
 * What the weights of an ONNX file are stored as: the type that most of their bytes have, as `float32` or `float16`. They
 * are not read.
 *
 * @returns undefined where it holds none, or of another type
 * @throws RangeError where the bytes are no such file
 */
export async function readOnnxPrecision(source: RangeSource): Promise<string | undefined> {
  const bytes = new Map<number, number>();
  for await (const graph of fieldsOf(source, 0, source.size)) {
    if (graph.number !== GRAPH || !graph.isBytes) continue;
    for await (const { number, isBytes, start, end } of fieldsOf(source, graph.start, graph.end)) {
      if (number !== INITIALIZER || !isBytes) continue;
      const head = await source.read(start, Math.min(end, start + BEGINNING));
      const type = typeOf(head, end - start);
      if (type !== undefined) bytes.set(type, (bytes.get(type) ?? 0) + end - start);
    }
  }
  const [most] = [...bytes].sort(([, a], [, b]) => b - a);
  return most && TYPES[most[0]];
}

/** The fields of a message between two bytes of a file, which are not read. */
async function* fieldsOf(source: RangeSource, first: number, last: number) {
  let fields = 0;
  for (let at = first; at < last; ) {
    const head = await source.read(at, Math.min(last, at + HEADER));
    const { start, end, ...field } = fieldAt(head, last - at);
    if (++fields > MOST_FIELDS) {
      throw new RangeError(`a graph must have ${MOST_FIELDS} fields at most, and has more`);
    }
    yield { ...field, start: at + start, end: at + end };
    at += end;
  }
}

/** @param head the tensor's first bytes @param length of all of it */
function typeOf(head: Uint8Array, length: number): number | undefined {
  for (let at = 0; at < head.length; ) {
    const rest = head.subarray(at);
    // Of a type by its number alone one byte follows.
    if (rest[0] === DATA_TYPE * 8) return rest[1];
    const { end } = fieldAt(rest, length - at);
    at += end;
  }
  return undefined;
}
