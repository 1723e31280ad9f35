import { deflateSync, gzipSync } from 'fflate';
import { joinPieces, zipPieces } from '../zip/write-zip.js';
import type { Dice } from './dice.js';
import { hostilePickle } from './hostile-pickles.js';
import { latin, legacyLayout, zipLayout, zipStorage } from './pickle-text.js';
import { paxRecord, tarOf } from './tar-text.js';

/** Files whose parts fit each other and that mean harm; most are small, some of megabytes. */
export const HOSTILE_FILES = { torch, npz, safetensors, tar };

const countOf = (dice: Dice) =>
  dice.below(150) === 0 ? 2 ** (8 + dice.below(12)) : 1 + dice.below(60);

function torch(dice: Dice): Uint8Array {
  const { pickle, elements } = hostilePickle(dice, countOf(dice));
  const bytes = new Uint8Array(4 * elements).fill(0x3f);
  if (dice.below(3) > 0) {
    const packed = dice.below(3) === 0 && { packed: deflateSync(bytes) };
    return zipLayout(pickle, [{ ...zipStorage('0', bytes), ...packed }]);
  }
  const storage = { key: '0', elements, bytes };
  const lies = [storage, { ...storage, elements: 2 ** 31 }, { ...storage, key: 'nothing' }];
  // Pickles that make no tensor have no storage.
  const storages = dice.pick([[], [storage], [storage], [storage], [dice.pick(lies)], lies]);
  return legacyLayout(pickle, storages);
}

function npz(dice: Dice): Uint8Array {
  const entries = Array.from({ length: 1 + dice.below(3) }, (_, i) => {
    const bytes = npy(dice);
    const packed = dice.below(2) === 0 && { packed: deflateSync(bytes) };
    return { name: `${dice.pick(['a', `a${i}`, '__proto__'])}.npy`, bytes, ...packed };
  });
  return joinPieces(zipPieces(entries));
}

function npy(dice: Dice): Uint8Array {
  const ones = dice.pick([0, 1, 30, 60, 70, 20_000]);
  const first = dice.pick([0, 1, 64, 4096, 2 ** 31, 2 ** 53]);
  const shape = `(${first},${' 1,'.repeat(ones)}${dice.pick(['', '0', '-1', '1e3', '0x10', 'None'])})`;
  const type = dice.pick(['<f4', '>f8', '|u1', '<f2', '|b1', '<u4', '|O', '<U9', '<c8', 'f4']);
  const isColumnMajor = dice.pick(['False', 'True']);
  const header = `{'descr': '${type}', 'fortran_order': ${isColumnMajor}, 'shape': ${shape}, }\n`;
  const length = dice.below(3) === 0 ? dice.below(70_000) : header.length;
  const start = latin(
    `\x93NUMPY\x02\0${String.fromCharCode(length & 255, (length >> 8) & 255, length >> 16, 0)}`,
  );
  const values = new Uint8Array(8 * dice.pick([0, 1, 64, 4096])).fill(1);
  return joinPieces([start, latin(header), values]);
}

function safetensors(dice: Dice): Uint8Array {
  const count = countOf(dice);
  const bytes = 4 * dice.pick([0, 1, 64, 4096]);
  const entries = Array.from({ length: Math.min(count, 60) }, (_, i) => {
    const name = JSON.stringify(dice.pick([`w${i}`, '__proto__', 'toString', '', 'w0']));
    const value = (usual: string) =>
      dice.below(4) === 0 ? jsonOf(dice, Math.min(count, 1000)) : usual;
    const type = value(
      JSON.stringify(dice.pick(['F32', 'F16', 'BF16', 'U32', 'I8', 'F64', 'F8_E4M3'])),
    );
    const shape = value(`[${dice.pick(['', bytes / 4, `${bytes / 4},1`, `0,${2 ** 53 - 1}`])}]`);
    return `${name}:{"dtype":${type},"shape":${shape},"data_offsets":${value(`[0,${bytes}]`)}}`;
  });
  const metadata = `"__metadata__":${dice.pick(['{"a":"b"}', `{"a":${jsonOf(dice, count)}}`, jsonOf(dice, count)])}`;
  const whole = `{${[...(dice.below(2) === 0 ? [metadata] : []), ...entries].join(',')}}`;
  const header = latin(dice.below(8) === 0 ? jsonOf(dice, count) : whole);
  const start = new Uint8Array(8);
  new DataView(start.buffer).setUint32(0, header.length, true);
  return joinPieces([start, header, new Uint8Array(bytes)]);
}

/** At times with gzip, of which some unfolds to much. */
function tar(dice: Dice): Uint8Array {
  const entries = Array.from({ length: Math.min(countOf(dice), 5000) }, (_, i) => {
    const records = [
      paxRecord('path', dice.pick(['a.yaml', '../b', 'c'.repeat(5000)])),
      paxRecord('size', dice.pick(['0', '512', '9007199254740991', '1e9', '-1'])),
      paxRecord('GNU.sparse.realsize', '9007199254740991'),
      dice.pick(['99999999999 path=a\n', '5 a\n', '0 =\n', '']),
    ];
    const bytes = dice.pick([
      new Uint8Array(dice.pick([0, 1, 512, 513, 4096])).fill(0x61),
      latin(dice.pick([records[0], records.slice(dice.below(4)).join('')])),
    ]);
    const size = dice.pick([
      ...['77777777777', '-1', '', '\x80\0\0\x7f\0\0\0\0\0\0\0', '\xff'.repeat(12)],
      dice.pick([60 * 2 ** 20, 2 ** 32, bytes.length + 1]),
    ]);
    // Mostly what is read, so that what comes after it is met.
    const isOdd = dice.below(8) === 0;
    return {
      name: isOdd ? dice.pick(['a.yaml', './a.ckpt', '', '/a', '../a', '__proto__']) : `a${i}.yaml`,
      bytes,
      type: isOdd ? dice.pick([...'5LKxgxL123467SMV\0']) : '0',
      off: dice.below(200) === 0 ? 1 : 0,
      ...(dice.below(60) === 0 && { size }),
    };
  });
  const zeros = { name: 'zeros.ckpt', bytes: new Uint8Array(dice.pick([2 ** 20, 2 ** 23])) };
  const bytes = tarOf(dice.below(200) === 0 ? [...entries, zeros] : entries, dice.pick([0, 1, 2]));
  return dice.below(3) === 0 ? gzipSync(bytes, { level: 1 }) : bytes;
}

/** JSON that is well formed and none that is asked for. */
function jsonOf(dice: Dice, many: number): string {
  return dice.pick([
    () => `${'['.repeat(many)}${']'.repeat(many)}`,
    () => `${'{"a":'.repeat(many)}1${'}'.repeat(many)}`,
    () => `[${'{},'.repeat(many)}1]`,
    () => '{"toString":1,"valueOf":1}',
    () => '{"__proto__":{"toString":null}}',
    () => '["F32"]',
    () => '1e999',
    () => '9007199254740993',
    () => '-1',
    () => '0.5',
    () => 'null',
    () => 'true',
    () => `"${'x'.repeat(many)}"`,
  ])();
}
