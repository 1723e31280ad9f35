import { expect, test } from 'vitest';
import { crc32c, maskedCrc32c } from './crc32c.js';

const filled = (value: (index: number) => number) =>
  Uint8Array.from({ length: 32 }, (_, i) => value(i));

test('the checksums of RFC 3720, appendix B.4, and of the digits', () => {
  expect(crc32c(new TextEncoder().encode('123456789'))).toBe(0xe3069283);
  expect(crc32c(filled(() => 0))).toBe(0x8a9136aa);
  expect(crc32c(filled(() => 0xff))).toBe(0x62a8ab43);
  expect(crc32c(filled((i) => i))).toBe(0x46dd794e);
  expect(crc32c(filled((i) => 31 - i))).toBe(0x113fdb5c);
  expect(crc32c(new Uint8Array())).toBe(0);
});

test('of any length as bit by bit', () => {
  const bytes = Uint8Array.from({ length: 40 }, (_, i) => (i * 167 + 13) & 0xff);
  for (let length = 0; length <= bytes.length; length++) {
    let crc = 0xffffffff;
    for (const byte of bytes.subarray(0, length)) {
      crc ^= byte;
      for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
    }
    expect(crc32c(bytes.subarray(0, length))).toBe(~crc >>> 0);
  }
});

test('masked as at the head of every event file of TensorBoard, whose first record has 24 bytes', () => {
  expect(maskedCrc32c(Uint8Array.of(24, 0, 0, 0, 0, 0, 0, 0))).toBe(0x224b7fa3);
});
