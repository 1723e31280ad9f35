import { joinPieces, type ZipEntry, zipPieces } from '../zip/write-zip.js';

// Pickles put together by hand, as text of which each character is a byte.

/** A byte for each character. */
export const latin = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'));

const littleEndian = (value: number | bigint, bytes: number): string =>
  Array.from({ length: bytes }, (_, i) =>
    String.fromCharCode(Number((BigInt(value) >> BigInt(8 * i)) & 255n)),
  ).join('');

/** BINUNICODE; `text` is of ASCII. */
export const word = (text: string) => `X${littleEndian(text.length, 4)}${text}`;
/** BINBYTES. */
export const rawBytes = (bytes: string) => `B${littleEndian(bytes.length, 4)}${bytes}`;
/** BININT. */
export const int = (value: number) => `J${littleEndian(BigInt.asUintN(32, BigInt(value)), 4)}`;
/** LONG1, two's complement in that many bytes. */
export const long = (value: bigint, bytes: number) =>
  `\x8a${littleEndian(bytes, 1)}${littleEndian(BigInt.asUintN(8 * bytes, value), bytes)}`;
export const tuple = (...items: readonly string[]) => `(${items.join('')}t`;
/** GLOBAL of `module.name`, called. */
export const call = (name: string, ...items: readonly string[]) => {
  const dot = name.lastIndexOf('.');
  return `c${name.slice(0, dot)}\n${name.slice(dot + 1)}\n${tuple(...items)}R`;
};

/** What a persistent id says of a storage, without the id's opcode. */
export const storageId = (
  key: string,
  elements: number,
  type = 'FloatStorage',
  ...part: string[]
) => tuple(word('storage'), `ctorch\n${type}\n`, word(key), word('cpu'), int(elements), ...part);

/** A tensor of storage 0, which has that many float32. */
export const tensor = (
  elements: number,
  shape: readonly number[],
  strides: readonly number[],
  offset = 0,
) =>
  call(
    'torch._utils._rebuild_tensor_v2',
    `${storageId('0', elements)}Q`,
    int(offset),
    tuple(...shape.map(int)),
    tuple(...strides.map(int)),
    '\x89',
    'ccollections\nOrderedDict\n)R',
  );

/** A file of the zip layout around a pickle. */
export function zipLayout(pickle: string, others: readonly ZipEntry[] = []): Uint8Array {
  const entries = [{ name: 'archive/data.pkl', bytes: latin(`\x80\x02${pickle}.`) }, ...others];
  return joinPieces(zipPieces(entries));
}

/** A storage of a file of the zip layout. */
export const zipStorage = (key: string, bytes: Uint8Array): ZipEntry => ({
  name: `archive/data/${key}`,
  bytes,
});

/** A storage of a file of the legacy layout. */
export interface LegacyStorage {
  readonly key: string;
  /** As the file says. */
  readonly elements: number;
  readonly bytes: Uint8Array;
}

/** A file of the legacy layout around a pickle. */
export function legacyLayout(pickle: string, storages: readonly LegacyStorage[] = []): Uint8Array {
  const pickles = [
    long(0x1950a86a20f9469cfc6cn, 10),
    int(1001),
    `}${word('little_endian')}\x88s`,
    pickle,
    `](${storages.map(({ key }) => word(key)).join('')}e`,
  ];
  return joinPieces([
    ...pickles.map((one) => latin(`\x80\x02${one}.`)),
    ...storages.flatMap(({ elements, bytes }) => [latin(littleEndian(elements, 8)), bytes]),
  ]);
}
