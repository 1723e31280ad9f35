import { type ByteSource, sourceOfBytes, writeNpy } from '@hifigan/checkpoint';
import { expect, it } from 'vitest';
import type { InputFile } from '../files/input-file.js';
import { quietContext } from '../testing/context.js';
import { describeArray } from './describe-array.js';

const FRAMES = 13_500;
const BANDS = 80;

/** A mel `[frames, bands]` as it lies in a file; values tell frame and band. */
function fileOf(columnMajor: boolean): Uint8Array {
  const data = new Float32Array(FRAMES * BANDS);
  for (let frame = 0; frame < FRAMES; frame++) {
    for (let band = 0; band < BANDS; band++) {
      const at = columnMajor ? band * FRAMES + frame : frame * BANDS + band;
      data[at] = band * band + (frame % 7) + (frame > 13_200 ? 9000 : 0);
    }
  }
  const bytes = writeNpy({ shape: [FRAMES, BANDS], data });
  const header = new TextDecoder('latin1').decode(bytes.subarray(10, 128));
  const at = 10 + header.indexOf('False');
  if (columnMajor) bytes.set(new TextEncoder().encode('True '), at);
  return bytes;
}

it('says the same of a long mel in both orders, of the same frames', async () => {
  const described = [];
  for (const columnMajor of [false, true]) {
    const source: ByteSource = sourceOfBytes(fileOf(columnMajor));
    const found = { kind: 'npy', description: 'an array' };
    const file = { ...source, found, typed: 'mel.npy' } as unknown as InputFile;
    described.push(await describeArray(quietContext('.'), file));
  }
  const [rows, columns] = described;
  expect(columns).toEqual(rows);
  // Of the first frames, with all their bands.
  expect(String(new Map(rows?.shown).get('note'))).toMatch(/^values from 0\.00 to 6247\.00/);
});
