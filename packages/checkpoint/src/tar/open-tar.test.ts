import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type ByteSource, sourceOfBytes } from '../byte-source.js';
import { joinPieces } from '../join-pieces.js';
import { FormatError } from '../named-array.js';
import { latin } from '../testing/pickle-text.js';
import { paxRecord, type TarEntry, tarOf } from '../testing/tar-text.js';
import { openTar } from './open-tar.js';

const config = latin('sample_rate: 22050\n');
const weights = Uint8Array.from({ length: 70_001 }, (_, i) => (i * 7919) >> 3);
const MODEL: readonly TarEntry[] = [
  { name: './', type: '5' },
  { name: './model_config.yaml', bytes: config },
  { name: './empty.txt' },
  { name: './model_weights.ckpt', bytes: weights },
];
const packed = (bytes: Uint8Array) => new Uint8Array(gzipSync(bytes));

async function contents(bytes: Uint8Array, keep?: (name: string) => boolean) {
  const files = await openTar(sourceOfBytes(bytes), 'x.nemo', { keep });
  const read = [...files].map(
    async ([name, file]) => [name, await file.read(0, file.size)] as const,
  );
  return Object.fromEntries(await Promise.all(read));
}

const refusal = (bytes: Uint8Array) =>
  contents(bytes).then(
    () => {
      throw new Error('it was read');
    },
    (error: Error) => {
      expect(error).toBeInstanceOf(FormatError);
      expect(error.message).toMatch(/^x\.nemo: not a readable tar archive: /);
      return error.message.replace(/^.*archive: /, '').replace(/\. Copy .*$/, '');
    },
  );

describe.each([
  ['as it is', (bytes: Uint8Array) => bytes],
  ['with gzip', packed],
])('openTar, %s', (_, pack) => {
  it('finds files by name, whole or in part', async () => {
    const bytes = pack(tarOf(MODEL));
    expect(await contents(bytes)).toEqual({
      'model_config.yaml': config,
      'empty.txt': new Uint8Array(),
      'model_weights.ckpt': weights,
    });
    const files = await openTar(sourceOfBytes(bytes));
    const part = await files.get('model_weights.ckpt')!.read(513, 60_001);
    expect(part).toEqual(weights.subarray(513, 60_001));
    expect(Object.keys(await contents(bytes, (name) => name.endsWith('.yaml')))).toEqual([
      'model_config.yaml',
    ]);
  });

  it('knows long names and large sizes of POSIX and of GNU', async () => {
    const long = `${'folder/'.repeat(30)}a.yaml`;
    const records = latin(
      paxRecord('mtime', '1.5') + paxRecord('path', long) + paxRecord('size', '4'),
    );
    const posix = [
      { name: 'x', type: 'x', bytes: records },
      { name: 'short', bytes: latin('abcd'), size: 0 },
    ];
    const gnu = [
      { name: '././@LongLink', type: 'L', bytes: latin(`${long}\0`) },
      { name: 'short', bytes: latin('abcd'), size: '\x80\0\0\0\0\0\0\0\0\0\0\x04' },
    ];
    for (const entries of [posix, gnu]) {
      expect(await contents(pack(tarOf([...entries, ...MODEL.slice(1, 2)])))).toEqual({
        [long]: latin('abcd'),
        'model_config.yaml': config,
      });
    }
  });

  it('passes over links that are not wanted, and refuses those that are', async () => {
    const links = [
      { name: 'last.ckpt', type: '2' },
      { name: 'first.ckpt', type: '1' },
    ];
    const bytes = pack(tarOf([...links, ...MODEL]));
    expect(Object.keys(await contents(bytes, (name) => name.startsWith('model')))).toEqual([
      'model_config.yaml',
      'model_weights.ckpt',
    ]);
    await expect(contents(bytes, (name) => name.startsWith('last'))).rejects.toThrow(
      /"last.ckpt" is a link; .*tar -chf/,
    );
  });

  it.each<[string, Uint8Array, RegExp]>([
    [
      'cut within a file',
      tarOf(MODEL).subarray(0, 5000),
      /ckpt" ends past its end: it is cut off|it ends too early: it is cut off/,
    ],
    ['cut between files', tarOf(MODEL, 0), /^it (has no end|ends too early): it is cut off$/],
    ['damaged', tarOf([{ name: 'a', off: 1 }]), /checksum: it is damaged, or no tar archive/],
    ['of something else', new Uint8Array(700).fill(7), /it is damaged, or no tar archive/],
    [
      'with a huge file',
      tarOf([{ name: 'a', size: '77777777777' }]),
      /past its end: it is cut off|out of proportion to its size/,
    ],
    ['larger still', tarOf([{ name: 'a', size: '\x80\0\0\x40\0\0\0\0\0\0\0' }]), /has no size/],
    ['with a size below zero', tarOf([{ name: 'a', size: `${'\xff'.repeat(12)}` }]), /has no size/],
    ['with no size', tarOf([{ name: 'a', size: '-1' }]), /has no size/],
    ['that leads up', tarOf([{ name: 'a/../../etc/x.yaml' }]), /x.yaml" is a name that leads out/],
    ['that leads to the root', tarOf([{ name: '/etc/x' }]), /"\/etc\/x" is a name that leads out/],
    ['with a link', tarOf([{ name: 'a.yaml', type: '2' }]), /"a.yaml" is a link/],
    ['with a hard link', tarOf([{ name: 'a.yaml', type: '1' }]), /"a.yaml" is a link/],
    ['with a device', tarOf([{ name: 'a', type: '3' }]), /is a device/],
    ['with holes', tarOf([{ name: 'a', type: 'S' }]), /is a file with holes/],
    [
      'with holes in POSIX’ way',
      tarOf([{ name: 'x', type: 'x', bytes: latin(paxRecord('GNU.sparse.major', '1')) }]),
      /is a file with holes/,
    ],
    [
      'with records that lie',
      tarOf([{ name: 'x', type: 'x', bytes: latin('999999999 path=a\n') }]),
      /what stands of a file in it is damaged/,
    ],
    [
      'with huge records',
      tarOf([{ name: 'x', type: 'x', size: 2 ** 20 }]),
      /of a file in it has 1048576 bytes/,
    ],
    ['with a name twice', tarOf([{ name: './a' }, { name: 'a' }]), /two files of the name "a"/],
    [
      'of thousands of files',
      tarOf(Array.from({ length: 5000 }, (_, i) => ({ name: `a${i}` }))),
      /it has more than 4096 files/,
    ],
  ])('refuses an archive %s', async (_, bytes, words) => {
    expect(await refusal(pack(bytes))).toMatch(words);
  });
});

describe('openTar', () => {
  it('reads headers alone, and of a file what is asked for', async () => {
    const bytes = tarOf([{ name: 'large.bin', bytes: new Uint8Array(5_000_000) }, ...MODEL]);
    let count = 0;
    const counting: ByteSource = {
      size: bytes.length,
      async read(start, end) {
        count += end - start;
        return bytes.subarray(start, end);
      },
    };
    const files = await openTar(counting, 'x', { keep: (name) => name.endsWith('.yaml') });
    expect([...files.keys()]).toEqual(['model_config.yaml']);
    expect(count).toBeLessThan(10 * 512);
    await files.get('model_config.yaml')!.read(0, 4);
    expect(count).toBeLessThan(10 * 512 + 5);
  });

  it('unpacks no bomb: not what it holds, nor what it passes over', async () => {
    const zeros = new Uint8Array(100_000_000);
    for (const name of ['a.yaml', 'kept by nobody']) {
      const bytes = packed(tarOf([{ name, bytes: zeros }]));
      expect(bytes.length).toBeLessThan(200_000);
      const keep = (of: string) => of.endsWith('.yaml');
      await expect(openTar(sourceOfBytes(bytes), 'x', { keep })).rejects.toThrow(
        /it unfolds to more than \d+ bytes, which is out of proportion to its size/,
      );
    }
  });

  it('tells damage behind gzip, and what the source itself says', async () => {
    const bytes = packed(tarOf(MODEL));
    for (const end of [bytes.length - 1, bytes.length - 9, 100, 10, 2]) {
      expect(await refusal(bytes.subarray(0, end)), `${end} bytes`).toMatch(/cut off/);
    }
    const wrong = bytes.slice();
    wrong[wrong.length - 6] ^= 1;
    expect(await refusal(wrong)).toMatch(/cannot be unpacked \(gzip\)/);
    const failing: ByteSource = {
      size: bytes.length,
      async read(start, end) {
        if (end > 2) throw new Error('EIO: the disk is broken');
        return bytes.subarray(start, end);
      },
    };
    await expect(openTar(failing)).rejects.toThrow('EIO');
  });

  it('is handed pieces of any length', async () => {
    const entries = MODEL.map((entry) => ({ ...entry, name: entry.name.slice(2) || 'folder/' }));
    const twice = joinPieces([tarOf(entries), new Uint8Array(20_480)]);
    expect(Object.keys(await contents(packed(twice)))).toHaveLength(3);
  });
});
