import type { Dice } from './dice.js';

/** Numbers at which readers that trust sizes go wrong. */
const SIZES = [
  0n,
  1n,
  0x7fn,
  0xffn,
  0xffffn,
  0x7fffffffn,
  0x80000000n,
  0xffffffffn,
  2n ** 40n,
  2n ** 53n,
  2n ** 63n - 1n,
  2n ** 64n - 1n,
];

const text = (words: string) => Uint8Array.from(words, (character) => character.charCodeAt(0));

/** Pieces of pickles that are there to harm: loops, growth, code, sizes without contents. */
const SNIPPETS: readonly Uint8Array[] = [
  text('cos\nsystem\n(X\x04\x00\x00\x00exittR'),
  text('cbuiltins\neval\n(X\x01\x00\x00\x001tR'),
  text('ctorch\nUnknownStorage\n'),
  text('c__builtin__\nset\n'),
  text('ccollections\nOrderedDict\n)R'),
  text(']q\xf0h\xf0a'),
  text('}q\xf1K\x01h\xf1s'),
  text(']q\xf0(h\xf0h\xf0h\xf0h\xf0e'),
  text('((((((((((((((((((((((((((((((((tttttttttttttttt'),
  text('22222222222222222222222222222222'),
  text('\x85\x85\x85\x85\x85\x85\x85\x85\x85\x85\x85\x85'),
  text('\x8d\xff\xff\xff\xff\xff\xff\xff\x7f'),
  text('X\xff\xff\xff\xff'),
  text('r\xff\xff\xff\xff'),
  text('\x8b\xff\xff\xff\x7f'),
  text('(K\x00K\x00K\x00t'),
  text('J\xff\xff\xff\x7f'),
  text('\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f'),
  text('N\x88\x890'),
  text('cnumpy.core.multiarray\nscalar\n'),
  text('b'),
  text('R'),
  text('\x81'),
  text('Q'),
  text('.'),
];

/** A file with one to four things done to it. */
export function mutated(file: Uint8Array, others: readonly Uint8Array[], dice: Dice): Uint8Array {
  let bytes = new Uint8Array(file);
  for (let times = 1 + dice.below(4); times > 0; times--) {
    if (bytes.length === 0) return bytes;
    bytes = dice.pick(MUTATIONS)(bytes, others, dice);
  }
  return bytes;
}

type Bytes = Uint8Array<ArrayBuffer>;
type Mutation = (bytes: Bytes, others: readonly Uint8Array[], dice: Dice) => Bytes;

const MUTATIONS: readonly Mutation[] = [
  // Cut off.
  (bytes, _, dice) => bytes.slice(0, dice.below(bytes.length)),
  // Bits flipped; thrice as likely as the others.
  flipped,
  flipped,
  flipped,
  (bytes, _, dice) => {
    bytes[dice.below(bytes.length)] = dice.below(256);
    return bytes;
  },
  // A size overwritten.
  (bytes, _, dice) => {
    const width = dice.pick([1, 2, 4, 8]);
    let value = dice.pick(SIZES);
    const at = dice.below(bytes.length);
    for (let i = 0; i < width && at + i < bytes.length; i++, value >>= 8n) {
      bytes[at + i] = Number(value & 255n);
    }
    return bytes;
  },
  // A part removed, repeated, or taken from another file.
  (bytes, _, dice) => {
    const at = dice.below(bytes.length);
    return spliced(bytes, at, Math.min(bytes.length, at + 1 + dice.below(64)), new Uint8Array(0));
  },
  (bytes, _, dice) => {
    const at = dice.below(bytes.length);
    const part = bytes.subarray(at, at + 1 + dice.below(256));
    return spliced(bytes, dice.below(bytes.length), 0, part);
  },
  (bytes, others, dice) => {
    const other = dice.pick(others);
    const at = dice.below(Math.max(1, other.length));
    const part = other.subarray(at, at + 1 + dice.below(256));
    return spliced(bytes, dice.below(bytes.length), 0, part);
  },
  // A piece of pickle put in, alone or many times.
  (bytes, _, dice) => spliced(bytes, dice.below(bytes.length), 0, dice.pick(SNIPPETS)),
  (bytes, _, dice) => {
    const snippet = dice.pick(SNIPPETS);
    const many = new Uint8Array(snippet.length * (1 + dice.below(200)));
    for (let at = 0; at < many.length; at += snippet.length) many.set(snippet, at);
    return spliced(bytes, dice.below(bytes.length), 0, many);
  },
];

function flipped(bytes: Bytes, _: readonly Uint8Array[], dice: Dice): Bytes {
  for (let bits = 1 + dice.below(8); bits > 0; bits--) {
    bytes[dice.below(bytes.length)] ^= 1 << dice.below(8);
  }
  return bytes;
}

/** With `part` at `at`, instead of what stands up to `end`, where that is given. */
function spliced(bytes: Bytes, at: number, end: number, part: Uint8Array): Bytes {
  const rest = bytes.subarray(Math.max(at, end));
  const result = new Uint8Array(at + part.length + rest.length);
  result.set(bytes.subarray(0, at));
  result.set(part, at);
  result.set(rest, at + part.length);
  return result;
}
