import { describe, expect, it } from 'vitest';
import { MemoryBudget } from '../memory-budget.js';
import { FormatError } from '../named-array.js';
import { readFromBytes } from '../reading.js';
import { crc32 } from './crc32.js';
import { readZipDirectory } from './zip-directory.js';
import { readMember } from './zip-member.js';

const fail = (what: string) => new FormatError(what);
const little = (bytes: number) => (value: number) =>
  Array.from({ length: bytes }, (_, i) => Math.floor(value / 256 ** i) % 256);
const [u16, u32, u64] = [2, 4, 8].map(little);
const UNKNOWN = [255, 255, 255, 255];
const name = [...new TextEncoder().encode('a')];
const contents = [...new TextEncoder().encode('hello')];
const wide = (...numbers: readonly number[]) => [
  ...[...u16(1), ...u16(8 * numbers.length)],
  ...numbers.flatMap(u64),
];

interface Parts {
  /** The zip64 field of the entry, of which another may stand before it. */
  readonly extra?: readonly number[];
  /** Where the locator says that the zip64 record is, in place of where it is. */
  readonly record?: number;
  readonly count?: number;
}

/** A zip64 file as its specification describes it: every number that has a wide place stands there alone. */
function zip64({ extra = wide(5, 5, 0), record, count = 1 }: Parts = {}): Uint8Array {
  const crc = u32(crc32(Uint8Array.from(contents)));
  const common = [
    ...u16(45),
    ...u16(0),
    ...u16(0),
    ...u32(0x210000),
    ...crc,
    ...UNKNOWN,
    ...UNKNOWN,
  ];
  const local = [
    ...[...u32(0x04034b50), ...common, ...u16(1), ...u16(20), ...name],
    ...[...wide(5, 5), ...contents],
  ];
  const entry = [
    ...[...u32(0x02014b50), ...u16(45), ...common, ...u16(1), ...u16(extra.length)],
    ...[...u16(0), ...u16(0), ...u16(0), ...u32(0), ...UNKNOWN, ...name, ...extra],
  ];
  const end64 = [
    ...[...u32(0x06064b50), ...u64(44), ...u16(45), ...u16(45), ...u32(0), ...u32(0)],
    ...[...u64(count), ...u64(count), ...u64(entry.length), ...u64(local.length)],
  ];
  const locator = [
    ...[...u32(0x07064b50), ...u32(0), ...u64(record ?? local.length + entry.length), ...u32(1)],
  ];
  const end = [
    ...u32(0x06054b50),
    ...u32(0),
    255,
    255,
    255,
    255,
    ...UNKNOWN,
    ...UNKNOWN,
    ...u16(0),
  ];
  return Uint8Array.from([...local, ...entry, ...end64, ...locator, ...end]);
}

const directoryOf = (bytes: Uint8Array) =>
  readFromBytes(readZipDirectory(bytes.length, fail), bytes);

describe('zip64', () => {
  it.each([
    ['alone', wide(5, 5, 0)],
    ['after a field of another kind', [...u16(0x5455), ...u16(1), 0, ...wide(5, 5, 0)]],
  ])('is read, its field %s', (_, extra) => {
    const bytes = zip64({ extra });
    const member = directoryOf(bytes).get('a')!;
    expect(member).toMatchObject({ name: 'a', method: 0, packed: 5, size: 5, header: 0 });
    const { length: size } = bytes;
    const budget = new MemoryBudget(size, fail);
    const read = readFromBytes(readMember(member, { size, budget, fail }), bytes);
    expect(new TextDecoder().decode(read)).toBe('hello');
  });

  it.each([
    ['no field', { extra: [] }, 'its directory is damaged'],
    ['a field that is too short', { extra: wide(5, 5) }, 'its directory is damaged'],
    ['a number beyond all', { extra: wide(5, 5, 2 ** 60) }, 'its directory is damaged'],
    ['two sizes', { extra: wide(5, 6, 0) }, 'a has two sizes, 6 and 5'],
    ['a member past the end', { extra: wide(5, 5, 1000) }, 'a ends past its end: it is cut off'],
    ['a record past the end', { record: 2 ** 40 }, 'its directory does not lie in the file'],
    ['a record elsewhere', { record: 0 }, 'its directory is not where it should be'],
    ['too many files', { count: 2 ** 40 }, 'its directory is too short for 1099511627776 files'],
  ])('is refused with %s', (_, parts, message) => {
    expect(() => directoryOf(zip64(parts))).toThrow(message);
    expect(() => directoryOf(zip64(parts))).toThrow(FormatError);
  });

  it('is refused however it is cut', () => {
    const whole = zip64();
    for (let length = 0; length < whole.length; length++) {
      expect(() => directoryOf(whole.subarray(0, length)), `${length}`).toThrow(FormatError);
    }
  });

  it('refuses a directory of more files than models have arrays before it is read', () => {
    // Real entries, so that their bytes are no lie.
    const [count, length] = [2 ** 18 + 1, 46 * (2 ** 18 + 1)];
    const end = [
      ...[...u32(0x06054b50), 0, 0, 0, 0, 255, 255, 255, 255, ...u32(length), ...UNKNOWN, 0, 0],
    ];
    const end64 = [
      ...[...u32(0x06064b50), ...u64(44), ...u16(45), ...u16(45), ...u32(0), ...u32(0)],
      ...[...u64(count), ...u64(count), ...u64(length), ...u64(0)],
    ];
    const locator = [...u32(0x07064b50), ...u32(0), ...u64(length), ...u32(1)];
    const bytes = new Uint8Array(length + end64.length + locator.length + end.length);
    bytes.set([...end64, ...locator, ...end], length);
    const reading = readZipDirectory(bytes.length, fail);
    expect(() => readFromBytes(reading, bytes)).toThrow('it has 262145 files; 262144 at most');
  });
});
