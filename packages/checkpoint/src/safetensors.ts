import type { ByteSource } from './byte-source.js';
import { castAdvice, ELEMENT_TYPES, typeOfCode } from './element-types.js';
import { type DeferredArray, type LazyArrays, lazyArrays } from './lazy-arrays.js';
import { MemoryBudget } from './memory-budget.js';
import { FormatError, type NamedArray, type NamedArrays, sizeOf } from './named-array.js';
import {
  type FileKind,
  PYTORCH_ADVICE,
  RECOGNIZED_BYTES,
  RECOGNIZED_TAIL_BYTES,
  recognizeFile,
} from './recognize-file.js';
import { repeatedKey } from './repeated-key.js';
import { shownName } from './shown-name.js';

// The format: https://github.com/huggingface/safetensors#format
const HEADER_LIMIT = 100_000_000;
const [OPENS_OBJECT, OPENS_ARRAY, COMMA] = [0x7b, 0x5b, 0x2c];

/** A safetensors file: arrays by name, and the free text of `__metadata__`. */
export interface Safetensors {
  readonly arrays: NamedArrays;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Reads a safetensors file.
 *
 * What reading takes beyond the file itself is 64 MiB and eight times the file's size at most.
 *
 * @param bytes the whole file
 * @param where what to call it in errors (a path or URL)
 * @throws FormatError where the bytes are not such a file, are cut off, or lie about their contents
 */
export function readSafetensors(bytes: Uint8Array, where = 'safetensors'): Safetensors {
  const fail = failOf(where);
  refuseOthers(bytes, where);
  const { metadata, entries } = parseHeader(bytes, fail);
  const body = safetensorsHeaderEnd(bytes);
  const available = bytes.byteLength - body;
  const arrays = new Map<string, NamedArray>();
  // First of all: a short file could stand for any number of copies of itself.
  const places = placesOf(entries, available, fail);
  for (const { name, type, shape, start, end } of places) {
    // Not bytes.slice: that of a Node Buffer does not copy.
    const copy = new Uint8Array(bytes.subarray(body + start, body + end));
    arrays.set(name, { shape, data: type.decode(copy.buffer) });
  }
  return { arrays, metadata };
}

/**
 * Opens a safetensors file: its header is read, and then one array at a time.
 *
 * @param where what to call it in errors (a path or URL)
 * @throws FormatError as {@link readSafetensors}, of what the header tells
 */
export async function openSafetensors(
  source: ByteSource,
  where = 'safetensors',
): Promise<LazyArrays> {
  const fail = failOf(where);
  const { size } = source;
  const head = await source.read(0, Math.min(size, RECOGNIZED_BYTES));
  refuseOthers(head, where, await source.read(Math.max(0, size - RECOGNIZED_TAIL_BYTES), size));
  const body = head.length < 8 ? 0 : safetensorsHeaderEnd(head);
  if (body - 8 > HEADER_LIMIT) fail(`its first 8 bytes promise a header of ${body - 8} bytes`);
  // Where it is shorter than its header, the parser says so.
  const { metadata, entries } = parseHeader(await source.read(0, Math.min(size, body)), fail);
  const arrays = new Map<string, DeferredArray>();
  for (const { name, type, shape, start, end } of placesOf(entries, size - body, fail)) {
    const read = async (): Promise<NamedArray> => {
      const found = await source.read(body + start, body + end);
      if (found.length !== end - start) fail(`${name} could not be read whole`);
      return { shape, data: type.decode(ownBuffer(found)) };
    };
    arrays.set(name, { shape, dtype: type.code, as: type.as, read });
  }
  return lazyArrays(where, arrays, metadata);
}

/** The bytes alone in a buffer: those of a source may be a view of something larger. */
function ownBuffer(bytes: Uint8Array): ArrayBuffer {
  const { buffer } = bytes;
  const isAlone = buffer instanceof ArrayBuffer && buffer.byteLength === bytes.byteLength;
  return isAlone ? buffer : new Uint8Array(bytes).buffer;
}

function failOf(where: string): Fail {
  return (what) => {
    throw new FormatError(
      `${where}: not a readable safetensors file: ${what}. Copy or download it again, or check that it is one.`,
    );
  };
}

function refuseOthers(bytes: Uint8Array, where: string, tail?: Uint8Array): void {
  const found = recognizeFile(bytes, tail);
  if (found && found.kind !== 'safetensors') {
    throw new FormatError(
      `${where}: not a readable safetensors file: it is ${found.description}${cureOf(found.kind)}`,
    );
  }
}

/** What a file says of itself before its data. */
export interface SafetensorsHeader {
  readonly names: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Reads the header alone, which tells what a large file is.
 *
 * @param bytes the file's first {@link safetensorsHeaderEnd} bytes, or more
 * @returns undefined where they are no such header; {@link readSafetensors} says why
 */
export function readSafetensorsHeader(bytes: Uint8Array): SafetensorsHeader | undefined {
  try {
    const { metadata, entries } = parseHeader(bytes, (what) => {
      throw new FormatError(what);
    });
    return { metadata, names: entries.map(([name]) => name) };
  } catch (error) {
    if (error instanceof FormatError) return undefined;
    throw error;
  }
}

/** Where a file's header ends. @param bytes its first 8 bytes, or more */
export function safetensorsHeaderEnd(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return 8 + Number(view.getBigUint64(0, true));
}

/** What to do about a file of another kind. */
function cureOf(kind: FileKind): string {
  if (kind === 'pytorch') return `; ${PYTORCH_ADVICE}`;
  if (kind === 'empty') return '. Copy or download it again';
  return '. Name the file of the weights';
}

/** For messages. */
const READABLE = ELEMENT_TYPES.map(({ code }) => code).join(', ');

type Fail = (what: string) => never;

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

interface Header {
  readonly metadata: Readonly<Record<string, string>>;
  readonly entries: readonly (readonly [string, unknown])[];
}

function parseHeader(bytes: Uint8Array, fail: Fail): Header {
  if (bytes.byteLength < 8) fail(`${bytes.byteLength} bytes long, which is less than its header`);
  const end = safetensorsHeaderEnd(bytes);
  if (end - 8 > HEADER_LIMIT) fail(`its first 8 bytes promise a header of ${end - 8} bytes`);
  if (end > bytes.byteLength) {
    fail(`the header needs ${end - 8} bytes, the file has ${bytes.byteLength - 8}`);
  }
  const text = bytes.subarray(8, end);
  checkProportion(text, fail);
  let header: unknown;
  let json: string;
  try {
    json = new TextDecoder('utf-8', { fatal: true }).decode(text);
    header = JSON.parse(json);
  } catch {
    return fail('its header is not JSON');
  }
  const repeated = repeatedKey(json, 2);
  // JSON.parse takes the last, other readers the first: an array that may be one of two.
  if (repeated !== undefined) fail(`its header has ${shownName(repeated)} twice`);
  if (!isRecord(header)) return fail('its header is not a JSON object');
  const { __metadata__: given = {}, ...entries } = header;
  if (!isRecord(given)) return fail('__metadata__ is not an object');
  const metadata = Object.entries(given).map(([key, value]) => {
    // Of text alone by the format; numbers are met, and no more can be made text of safely.
    if (typeof value === 'object' && value !== null) fail(`__metadata__ of ${key} is not text`);
    return [key, String(value)] as const;
  });
  return { metadata: Object.fromEntries(metadata), entries: Object.entries(entries) };
}

/** JSON may stand for objects without end, each of three bytes. */
function checkProportion(text: Uint8Array, fail: Fail): void {
  const budget = new MemoryBudget(text.length, (what) => fail(what));
  // As text, and as what stands in it.
  budget.charge(3 * text.length);
  let [containers, values] = [0, 0];
  for (const byte of text) {
    if (byte === OPENS_OBJECT || byte === OPENS_ARRAY) containers++;
    else if (byte === COMMA) values++;
  }
  // And each key once more, where those that were met are kept.
  budget.charge(64 * containers + 56 * values);
}

/**
 * Where the arrays are, in the order of the header. As the format has it, each byte belongs to one of them.
 *
 * @param available bytes behind the header
 */
function placesOf(entries: Header['entries'], available: number, fail: Fail) {
  const places = entries.map(([name, entry]) => {
    const place = { name, ...checkEntry(name, entry, fail) };
    if (place.end <= available) return place;
    return fail(`${name} ends at byte ${place.end} of ${available}: the file is cut off`);
  });
  let [end, last] = [0, 'the header'];
  for (const place of [...places].sort((a, b) => a.start - b.start || a.end - b.end)) {
    if (place.start < end) fail(`${place.name} overlaps ${last}`);
    if (place.start > end) {
      fail(`the bytes from ${end} to ${place.start}, before ${place.name}, belong to no array`);
    }
    ({ end, name: last } = place);
  }
  if (end < available) fail(`the bytes from ${end} to ${available}, its last, belong to no array`);
  return places;
}

function checkEntry(name: string, entry: unknown, fail: Fail) {
  if (!isRecord(entry)) return fail(`${name} has no description`);
  const { dtype } = entry;
  const shape = entry.shape as number[];
  const offsets = entry.data_offsets as number[];
  const whole = (n: unknown) => Number.isSafeInteger(n) && (n as number) >= 0;
  if (typeof dtype !== 'string') return fail(`${name} has a type that is no text`);
  const type = typeOfCode(dtype);
  if (!type) {
    return fail(
      `${name} has the type ${shownName(dtype)}, which is not read (${READABLE} are); ${castAdvice(dtype)}`,
    );
  }
  if (!Array.isArray(shape) || !shape.every(whole)) return fail(`${name} has no valid shape`);
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(whole)) {
    return fail(`${name} has no valid data_offsets`);
  }
  const [start, end] = offsets as [number, number];
  if (end - start !== sizeOf(shape) * type.bytes) {
    return fail(`${name} of shape [${shape}] and type ${dtype} cannot have ${end - start} bytes`);
  }
  return { type, shape, start, end };
}
