import { numberOf, ProtobufWriter, protobufFields } from './protobuf.js';

/** A number at a step, as a point of a curve. */
export interface ScalarValue {
  readonly kind: 'scalar';
  readonly tag: string;
  /** Kept in 32 bits. */
  readonly value: number;
}

export interface ImageValue {
  readonly kind: 'image';
  readonly tag: string;
  readonly width: number;
  readonly height: number;
  readonly png: Uint8Array;
}

export interface AudioValue {
  readonly kind: 'audio';
  readonly tag: string;
  readonly samplingRate: number;
  readonly channels: number;
  /** In each channel. */
  readonly samples: number;
  readonly wav: Uint8Array;
}

/** Markdown. */
export interface TextValue {
  readonly kind: 'text';
  readonly tag: string;
  readonly text: string;
}

export type LogValue = ScalarValue | ImageValue | AudioValue | TextValue;

/** One record of an event file. */
export interface LogEvent {
  /** Seconds since 1970. */
  readonly time: number;
  readonly step: number;
  /** `brain.Event:2`, in the first record of a file alone. */
  readonly version?: string;
  /** A start of the program: what other records said of this step and later ones does not count any more. */
  readonly start?: boolean;
  readonly values?: readonly LogValue[];
}

/** The one that TensorBoard writes since 2015; from it on, a start purges. */
export const EVENT_VERSION = 'brain.Event:2';

const DT_STRING = 7;
const START = 1;

/** `tensorflow.Event` (TensorBoard's event.proto and summary.proto). */
export function encodeEvent({ time, step, version, start, values }: LogEvent): Uint8Array {
  const event = new ProtobufWriter().double(1, time).varint(2, step);
  if (version !== undefined) event.string(3, version);
  if (values) {
    const summary = new ProtobufWriter();
    for (const value of values) summary.message(1, summaryValue(value));
    event.message(5, summary);
  }
  if (start) event.message(7, new ProtobufWriter().varint(1, START));
  return event.finish();
}

function summaryValue(value: LogValue): ProtobufWriter {
  const written = new ProtobufWriter().string(1, value.tag);
  switch (value.kind) {
    case 'scalar':
      return written.float(2, value.value);
    case 'image': {
      const image = new ProtobufWriter().varint(1, value.height).varint(2, value.width);
      // 3: red, green and blue.
      return written.message(4, image.varint(3, 3).bytes(4, value.png));
    }
    case 'audio': {
      const audio = new ProtobufWriter()
        .float(1, value.samplingRate)
        .varint(2, value.channels)
        .varint(3, value.samples)
        .bytes(4, value.wav)
        .string(5, 'audio/wav');
      return written.message(6, audio);
    }
    case 'text': {
      const shape = new ProtobufWriter().message(2, new ProtobufWriter().varint(1, 1));
      const tensor = new ProtobufWriter()
        .varint(1, DT_STRING)
        .message(2, shape)
        .string(8, value.text);
      const plugin = new ProtobufWriter().string(1, 'text');
      return written.message(8, tensor).message(9, new ProtobufWriter().message(1, plugin));
    }
  }
}

/**
 * Reads what {@link encodeEvent} wrote; kinds of others (graphs, histograms) are left out.
 *
 * @throws RangeError where the bytes are no message
 */
export function decodeEvent(bytes: Uint8Array): LogEvent {
  let time = 0;
  let step = 0;
  let version: string | undefined;
  let start = false;
  let values: LogValue[] | undefined;
  for (const { number, whole, bytes: content } of protobufFields(bytes)) {
    if (number === 1 && content?.length === 8) time = numberOf(content);
    if (number === 2 && whole !== undefined) step = Number(whole);
    if (number === 3 && content) version = textOf(content);
    if (number === 5 && content) values = [...(values ?? []), ...valuesOf(content)];
    if (number === 7 && content) start = fieldsOf(content).get(1)?.whole === BigInt(START);
  }
  return {
    ...{ time, step },
    ...(version !== undefined && { version }),
    ...(start && { start }),
    ...(values && { values }),
  };
}

function valuesOf(summary: Uint8Array): LogValue[] {
  return [...protobufFields(summary)].flatMap(({ number, bytes }) => {
    const value = number === 1 && bytes ? logValueOf(fieldsOf(bytes)) : undefined;
    return value ? [value] : [];
  });
}

function logValueOf(fields: Fields): LogValue | undefined {
  const tag = textOf(fields.get(1)?.bytes);
  const [scalar, image, audio, tensor] = [2, 4, 6, 8].map((number) => fields.get(number)?.bytes);
  if (scalar?.length === 4) return { kind: 'scalar', tag, value: numberOf(scalar) };
  if (image) {
    const of = fieldsOf(image);
    const png = of.get(4)?.bytes ?? new Uint8Array();
    return { kind: 'image', tag, width: wholeOf(of, 2), height: wholeOf(of, 1), png };
  }
  if (audio) {
    const of = fieldsOf(audio);
    const rate = of.get(1)?.bytes;
    return {
      ...{ kind: 'audio', tag, channels: wholeOf(of, 2), samples: wholeOf(of, 3) },
      samplingRate: rate ? numberOf(rate) : 0,
      wav: of.get(4)?.bytes ?? new Uint8Array(),
    };
  }
  const text = tensor && fieldsOf(tensor).get(8)?.bytes;
  return text ? { kind: 'text', tag, text: textOf(text) } : undefined;
}

type Fields = ReadonlyMap<number, { readonly whole?: bigint; readonly bytes?: Uint8Array }>;

/** Of a field that comes more than once the last counts, as everywhere in this format. */
function fieldsOf(message: Uint8Array): Fields {
  return new Map([...protobufFields(message)].map((field) => [field.number, field]));
}

function wholeOf(fields: Fields, number: number): number {
  return Number(fields.get(number)?.whole ?? 0n);
}

function textOf(bytes: Uint8Array | undefined): string {
  return new TextDecoder().decode(bytes);
}
