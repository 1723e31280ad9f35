import { deflateSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { sourceOfBytes } from '../byte-source.js';
import { FormatError } from '../named-array.js';
import { openZip } from './open-zip.js';
import { joinPieces, zipPieces } from './write-zip.js';

const text = (content: string) => new TextEncoder().encode(content);
const archive = joinPieces(
  zipPieces([
    { name: 'voice/', bytes: text('') },
    { name: 'voice/stored', bytes: text('as it is') },
    { name: 'voice/packed', bytes: text('smaller'), packed: deflateSync(text('smaller')) },
    { name: '__MACOSX/stored', bytes: text('of no use') },
  ]),
);

const read = async (bytes: Uint8Array, keep?: (name: string, size: number) => boolean) => {
  const files = await openZip(sourceOfBytes(bytes), 'x.zip', keep && { keep });
  const contents: Record<string, string> = {};
  for (const [name, file] of files) {
    contents[name] = new TextDecoder().decode(await file.read(0, file.size));
  }
  return contents;
};

describe('openZip', () => {
  it('gives stored and deflated files, no folders, and of the files those that are wanted', async () => {
    expect(await read(archive)).toEqual({
      'voice/stored': 'as it is',
      'voice/packed': 'smaller',
      '__MACOSX/stored': 'of no use',
    });
    const packed = { 'voice/packed': 'smaller' };
    expect(await read(archive, (name) => name.endsWith('packed'))).toEqual(packed);
    expect(await read(archive, (_, size) => size === 'smaller'.length)).toEqual(packed);
  });

  it('reads no further than a file goes', async () => {
    const file = (await openZip(sourceOfBytes(archive))).get('voice/stored')!;
    expect(new TextDecoder().decode(await file.read(3, 1000))).toBe('it is');
  });

  it('refuses what is damaged, cut off, no archive or a bomb, in words', async () => {
    const damaged = archive.slice();
    damaged[archive.indexOf(text('a')[0], 60)] ^= 1;
    const zeros = new Uint8Array(100 * 2 ** 20);
    const bomb = joinPieces(zipPieces([{ name: 'a', bytes: zeros, packed: deflateSync(zeros) }]));
    for (const [bytes, problem] of [
      [damaged, 'does not match its checksum'],
      [archive.subarray(0, -30), 'cut off'],
      [text('{}'), 'cut off'],
      [bomb, 'unfolds to more than'],
    ] as const) {
      await expect(read(bytes)).rejects.toThrow(FormatError);
      await expect(read(bytes)).rejects.toThrow(`x.zip: not a readable zip archive: `);
      await expect(read(bytes)).rejects.toThrow(problem);
    }
  });
});
