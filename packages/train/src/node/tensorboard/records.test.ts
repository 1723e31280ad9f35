import { expect, test } from 'vitest';
import { frameRecord, unframeRecords } from './records.js';

async function* inChunks(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(bytes: Uint8Array, size = bytes.length || 1) {
  let torn = false;
  const found: { offset: number; bytes: string }[] = [];
  const records = unframeRecords(inChunks(bytes, size), () => {
    torn = true;
  });
  for await (const { offset, bytes } of records) {
    found.push({ offset, bytes: Buffer.from(bytes).toString() });
  }
  return { found, torn };
}

const texts = ['first', '', 'a longer one'];
const whole = Buffer.concat(texts.map((text) => frameRecord(Buffer.from(text))));

test('a record as TensorFlow frames it', () => {
  // With the checksums of TensorBoard's pywrap_tensorflow.masked_crc32c.
  expect(Buffer.from(frameRecord(Buffer.from('abc'))).toString('hex')).toBe(
    '0300000000000000b099490e6162636e57f121',
  );
});

test.each([1, 3, 12, 1000])('read again from chunks of %i bytes', async (size) => {
  const { found, torn } = await read(whole, size);
  expect(found.map(({ bytes }) => bytes)).toEqual(texts);
  expect(torn).toBe(false);
  for (const [index, { offset }] of found.entries()) {
    expect(whole.subarray(offset, offset + texts[index].length).toString()).toBe(texts[index]);
  }
});

test('cut at any byte, it gives the whole records before, and says so', async () => {
  const ends = [0, 21, 37, 65];
  expect(whole).toHaveLength(65);
  for (let length = 0; length < whole.length; length++) {
    const { found, torn } = await read(whole.subarray(0, length), 7);
    expect(found).toHaveLength(ends.filter((end) => end > 0 && end <= length).length);
    expect(torn).toBe(!ends.includes(length));
  }
});

test('a byte that changed ends it', async () => {
  for (let at = 0; at < whole.length; at++) {
    const damaged = Buffer.from(whole);
    damaged[at] ^= 4;
    const { found, torn } = await read(damaged);
    expect(torn).toBe(true);
    expect(found).toHaveLength(at < 21 ? 0 : at < 37 ? 1 : 2);
  }
});
