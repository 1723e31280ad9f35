import { createHash } from 'node:crypto';
import { generatorOf } from '@hifigan/testkit';
import { expect, it } from 'vitest';
import { Md5 } from './md5.js';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

it.each([
  ['', 'd41d8cd98f00b204e9800998ecf8427e'],
  ['abc', '900150983cd24fb0d6963f7d28e17f72'],
  ['1234567890'.repeat(8), '57edf4a22be3c955ac49da2e2107b67a'],
])('RFC 1321: %s', (text, expected) => {
  const md5 = new Md5();
  md5.update(Buffer.from(text));
  expect(hex(md5.digest())).toBe(expected);
});

it('is that of Node, whatever the pieces', () => {
  const random = generatorOf(5);
  for (let n = 0; n < 300; n++) {
    const md5 = new Md5();
    const expected = createHash('md5');
    for (let pieces = Math.floor(random() * 5); pieces > 0; pieces--) {
      const piece = Uint8Array.from({ length: Math.floor(random() * 200) }, () => random() * 256);
      md5.update(piece);
      expected.update(piece);
    }
    expect(hex(md5.digest())).toBe(expected.digest('hex'));
  }
});
