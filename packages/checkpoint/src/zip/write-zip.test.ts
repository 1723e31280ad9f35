import { describe, expect, it } from 'vitest';
import type { ByteSource } from '../byte-source.js';
import type { StoredArray } from '../lazy-arrays.js';
import { FormatError } from '../named-array.js';
import { readFromSource } from '../reading.js';
import { openTorch } from '../torch/open-torch.js';
import { torchPiecesOf } from '../torch/write-torch.js';
import { ZipWriter } from './write-zip.js';
import { locateMember, readZipDirectory } from './zip-directory.js';

/** A file of pieces that are kept as they are, and of stretches that nobody wrote (zeros), whatever its size. */
class Pieces implements ByteSource {
  size = 0;
  private readonly pieces: { readonly start: number; readonly bytes: Uint8Array }[] = [];

  write(bytes: Uint8Array): void {
    this.pieces.push({ start: this.size, bytes });
    this.size += bytes.length;
  }

  skip(length: number): void {
    this.size += length;
  }

  async read(start: number, end: number): Promise<Uint8Array> {
    const result = new Uint8Array(end - start);
    for (const { start: first, bytes } of this.pieces) {
      const [from, to] = [Math.max(start, first), Math.min(end, first + bytes.length)];
      if (from < to) result.set(bytes.subarray(from - first, to - first), from - start);
    }
    return result;
  }
}

const fail = (what: string) => new FormatError(what);
const GIB = 2 ** 30;

describe('zip64', () => {
  it('is written of files, places and directories beyond 4 GiB, and read again', async () => {
    const file = new Pieces();
    const writer = new ZipWriter({ align: 64 });
    const facts = [
      { name: 'small', size: 10 },
      { name: 'just below', size: 2 ** 32 - 2 },
      { name: 'just at', size: 2 ** 32 - 1 },
      { name: 'large', size: 5 * GIB },
      { name: 'last', size: 3 },
    ].map((one) => ({ ...one, stored: one.size, crc: 7, isPacked: false }));
    for (const one of facts) {
      file.write(writer.begin(one));
      expect(file.size % 64, one.name).toBe(0);
      file.skip(one.size);
    }
    for (const piece of writer.finish()) file.write(piece);
    const members = await readFromSource(readZipDirectory(file.size, fail), file);
    let end = 0;
    for (const { name, size } of facts) {
      const member = members.get(name)!;
      expect(member).toMatchObject({ size, packed: size, crc: 7, method: 0 });
      const start = await readFromSource(locateMember(member, file.size, fail), file);
      expect(start % 64, name).toBe(0);
      expect(start, name).toBeGreaterThan(end);
      end = start + size;
    }
    // Of what fits into 32 bits, the plain fields have it: readers without zip64 find the small ones.
    const head = await file.read(0, 30);
    const view = new DataView(head.buffer);
    expect([view.getUint16(4, true), view.getUint32(18, true)]).toEqual([20, 10]);
    const large = await file.read(members.get('large')!.header, members.get('large')!.header + 59);
    const wide = new DataView(large.buffer);
    expect(wide.getUint16(4, true)).toBe(45);
    expect([wide.getUint32(18, true), wide.getUint32(22, true)]).toEqual([0xffffffff, 0xffffffff]);
    const extra = 30 + 'large'.length;
    expect([wide.getUint16(extra, true), wide.getUint16(extra + 2, true)]).toEqual([1, 16]);
    expect(wide.getBigUint64(extra + 4, true)).toBe(BigInt(5 * GIB));
  });

  it('is not written where nothing needs it', () => {
    const writer = new ZipWriter();
    writer.begin({ name: 'a', size: 1, stored: 1, crc: 0, isPacked: false });
    expect(writer.finish()).toHaveLength(2);
  });

  it('takes more files than 16 bits count', async () => {
    const file = new Pieces();
    const writer = new ZipWriter();
    for (let i = 0; i < 65_536; i++) {
      writer.begin({ name: String(i), size: 0, stored: 0, crc: 0, isPacked: false });
    }
    const pieces = writer.finish();
    file.skip(Number(new DataView(pieces.at(-2)!.buffer).getBigUint64(48, true)));
    const directory = Buffer.concat(pieces);
    file.write(directory);
    const members = await readFromSource(readZipDirectory(file.size, fail), file);
    expect(members.size).toBe(65_536);
  });
});

describe('a PyTorch file beyond 4 GiB', () => {
  it('is read, array by array, from where its writer puts them', async () => {
    const large = [5 * GIB, 4 * GIB];
    const last = { shape: [2], data: Float32Array.of(3, 4) };
    const never = () => Promise.reject(new Error('the large ones are not read here'));
    const value = new Map<string, StoredArray>([
      ...large.map(
        (bytes, i) => [`a${i}`, { ...FLOATS, shape: [bytes / 4], read: never }] as const,
      ),
      ['last', last],
    ]);
    // The pickle as it is written for arrays of that size; nothing of theirs is asked for before.
    const [, pickle] = await firstOf(torchPiecesOf(value), 2);
    const file = new Pieces();
    const writer = new ZipWriter({ align: 64 });
    const put = (name: string, bytes: Uint8Array) => {
      for (const piece of writer.add({ name: `archive/${name}`, bytes })) file.write(piece);
    };
    put('data.pkl', pickle);
    for (const [i, size] of large.entries()) {
      const name = `archive/data/${i}`;
      // A checksum of 0 is none.
      file.write(writer.begin({ name, size, stored: size, crc: 0, isPacked: false }));
      file.skip(size);
    }
    put('data/2', new Uint8Array(last.data.buffer));
    for (const piece of writer.finish()) file.write(piece);
    const opened = await openTorch(file, 'x');
    expect(opened.arrays.get('a0')).toMatchObject({ shape: [(5 * GIB) / 4], dtype: 'float32' });
    expect(await opened.read('last')).toEqual(last);
  });
});

const FLOATS = { dtype: 'float32', as: 'F32' } as const;

async function firstOf(pieces: AsyncGenerator<Uint8Array>, count: number): Promise<Uint8Array[]> {
  const first: Uint8Array[] = [];
  while (first.length < count) first.push((await pieces.next()).value as Uint8Array);
  return first;
}
