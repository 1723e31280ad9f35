import { melProfile, recognizeMel, type StoredArray } from '@hifigan/audio';
import { readNpy } from '@hifigan/checkpoint';
import { melDoubt } from '@hifigan/vocoder';
import { counted } from '../terminal/format.js';
import type { Description } from './describe.js';

const HIFIGAN = melProfile('hifigan')!;

/** Numbers of bands that mels have. */
const USUAL_BANDS = [20, 40, 60, 64, 80, 96, 100, 120, 128, 160, 192, 256];

/** A `.npy` file. @throws FormatError where it is broken */
export function describeArray(bytes: Uint8Array, where: string): Description {
  const { shape, data } = readNpy(bytes, where);
  const values = data instanceof BigInt64Array ? Float64Array.from(data, Number) : data;
  const finite = values.filter((value) => Number.isFinite(value));
  const nan = values.filter((value) => Number.isNaN(value)).length;
  const infinite = values.length - finite.length - nan;
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of finite) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const type = data.constructor.name.replace('Array', '').toLowerCase();
  const isFloat = data instanceof Float32Array || data instanceof Float64Array;
  // Which axis is which is not known here, and without the values that are not finite there are no rows.
  const doubt = isFloat && finite.length > 0 ? doubtOf(shape, data, finite) : undefined;
  const spoilt = [
    ...(nan > 0 ? [`${nan} of ${values.length} are NaN`] : []),
    ...(infinite > 0 ? [`${infinite} of ${values.length} are infinite`] : []),
  ];
  return {
    kind: 'array',
    facts: {
      shape,
      type,
      ...melFacts(shape, isFloat),
      ...(finite.length > 0 && { low, high }),
      nan,
      infinite,
      notFinite: nan + infinite,
    },
    shown: [
      ['shape', `[${shape.join(', ')}], ${type}`],
      [
        'values',
        finite.length > 0
          ? `from ${low.toFixed(3)} to ${high.toFixed(3)}${spoilt.length > 0 ? ', of those that are finite' : ''}`
          : 'none that are finite',
      ],
      ...(spoilt.length > 0
        ? [['not finite', `${spoilt.join(', ')}; no model can speak them`] as const]
        : []),
      ['as a mel', asMel(shape, isFloat)],
      ...(doubt ? [['note', doubt] as const] : []),
    ],
  };
}

/** What the numbers look like: as a mel where it can be one, else by their range alone. */
function doubtOf(
  shape: readonly number[],
  data: StoredArray['data'],
  finite: ArrayLike<number>,
): string | undefined {
  const found = recognizeMel({ shape, data }, { wanted: HIFIGAN });
  const mel = found.mel ?? { data: Float32Array.from(finite), frames: finite.length, mels: 1 };
  return melDoubt(mel, { ...HIFIGAN, mels: mel.mels });
}

/** Where it can be a mel. */
function melFacts(shape: readonly number[], isFloat: boolean): Record<string, number> {
  const [mels, frames] = shape.length === 3 ? shape.slice(1) : shape;
  return /^\d/.test(asMel(shape, isFloat)) ? { mels, frames } : {};
}

function asMel(shape: readonly number[], isFloat: boolean): string {
  const [rows, frames] = shape.length === 3 && shape[0] === 1 ? shape.slice(1) : shape;
  if (shape.length > 3 || (shape.length === 3 && shape[0] !== 1)) return 'no: it has a third axis';
  if (frames === undefined) return 'no: two axes are needed';
  if (!isFloat) return 'no: its values must be floating-point numbers';
  if (rows === 0 || frames === 0) return 'no: it has no values';
  const swapped = USUAL_BANDS.includes(frames) && !USUAL_BANDS.includes(rows);
  const hint = swapped
    ? ' (are the axes swapped? [num_mels, frames] is expected)'
    : rows === frames && rows > 1
      ? ' (as many of each: nothing tells whether the axes are [num_mels, frames], as expected, or swapped)'
      : '';
  return `${counted(rows, 'band')}, ${counted(frames, 'frame')}${hint}`;
}
