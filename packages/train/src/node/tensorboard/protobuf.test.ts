import { expect, test } from 'vitest';
import { numberOf, ProtobufWriter, protobufFields, varintOf } from './protobuf.js';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

test('varints as the encoding’s documentation has them', () => {
  const written = [0, 1, 127, 128, 150, 300, 2 ** 32].map((value) => hex(varintOf(BigInt(value))));
  expect(written).toEqual(['00', '01', '7f', '8001', '9601', 'ac02', '8080808010']);
  expect(hex(varintOf(-1n))).toBe('ffffffffffffffffff01');
  expect(hex(varintOf(-(2n ** 63n)))).toBe('80808080808080808001');
});

test('fields as the encoding’s documentation has them', () => {
  expect(hex(new ProtobufWriter().varint(1, 150).finish())).toBe('089601');
  expect(hex(new ProtobufWriter().string(2, 'testing').finish())).toBe('120774657374696e67');
  const inner = new ProtobufWriter().varint(1, 150);
  expect(hex(new ProtobufWriter().message(3, inner).finish())).toBe('1a03089601');
  expect(hex(new ProtobufWriter().double(1, 1).float(2, -2).finish())).toBe(
    '09000000000000f03f15000000c0',
  );
});

test('what was written is read', () => {
  const whole = [0, -1, 5, 2 ** 53 - 1, -(2 ** 53 - 1)];
  const writer = new ProtobufWriter();
  for (const value of whole) writer.varint(7, value);
  writer.double(300, Math.PI).float(2, 0.5).string(3, 'é').bytes(4, Uint8Array.of());
  const fields = [...protobufFields(writer.finish())];
  expect(fields.slice(0, 5).map((field) => Number(field.whole))).toEqual(whole);
  expect(fields.slice(5).map(({ number }) => number)).toEqual([300, 2, 3, 4]);
  expect([fields[5], fields[6]].map(({ bytes }) => numberOf(bytes!))).toEqual([Math.PI, 0.5]);
  expect(hex(fields[7].bytes!)).toBe('c3a9');
  expect(fields[8].bytes).toHaveLength(0);
});

test.each(['08', '0896', '1207746573', '09000000', '0b', `12${'ff'.repeat(9)}01`, 'ff'.repeat(11)])(
  'cut off or broken: %s',
  (bytes) => {
    expect(() => [...protobufFields(Buffer.from(bytes, 'hex'))]).toThrow(RangeError);
  },
);
