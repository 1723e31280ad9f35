import { melProfile, recognizeMel, type StoredArray } from '@hifigan/audio';
import { type NamedArray, type NpyColumns, openNpy, sizeOf } from '@hifigan/checkpoint';
import { melDoubt } from '@hifigan/vocoder';
import type { Context } from '../context.js';
import type { InputFile } from '../files/input-file.js';
import { counted } from '../terminal/format.js';
import { statisticsOf } from './array-statistics.js';
import type { Description } from './describe.js';

const HIFIGAN = melProfile('hifigan')!;

/** Numbers of bands that mels have. */
const USUAL_BANDS = [20, 40, 60, 64, 80, 96, 100, 120, 128, 160, 192, 256];

/** Values of an array that are looked at as a mel: of more, the first rows or columns tell. */
const MOST_AS_MEL = 2 ** 20;

/** A `.npy` file of any size, of which a part is held at a time. @throws FormatError where it is broken */
export async function describeArray(
  context: Context,
  file: InputFile,
): Promise<Description | undefined> {
  if (file.found?.kind !== 'npy') return undefined;
  const array = await openNpy(file, file.typed);
  const { shape } = array;
  const { low, high, nan, infinite, count, type, isFloat } = await statisticsOf(context, array);
  const notFinite = nan + infinite;
  const hasFinite = count > notFinite;
  // Which axis is which is not known here, and without the values that are not finite there are no rows.
  const doubt = isFloat && hasFinite ? await doubtOf(array, notFinite > 0) : undefined;
  const spoilt = [
    ...(nan > 0 ? [`${nan} of ${count} are NaN`] : []),
    ...(infinite > 0 ? [`${infinite} of ${count} are infinite`] : []),
  ];
  return {
    kind: 'array',
    facts: {
      shape,
      type,
      ...melFacts(shape, isFloat),
      ...(hasFinite && { low, high }),
      nan,
      infinite,
      notFinite,
    },
    shown: [
      ['shape', `[${shape.join(', ')}], ${type}`],
      [
        'values',
        hasFinite
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

/** What its numbers look like; of a large array those at its beginning. */
async function doubtOf(array: NpyColumns, isSpoilt: boolean): Promise<string | undefined> {
  const { shape, columnMajor } = array;
  const columns = shape.at(-1) ?? 1;
  const rows = sizeOf(shape.slice(0, -1));
  if (rows * columns <= MOST_AS_MEL) return doubtOfValues(await array.read(0, columns), isSpoilt);
  if (columns >= rows) {
    const most = Math.max(1, Math.floor(MOST_AS_MEL / rows));
    return doubtOfValues(await array.read(0, Math.min(columns, most)), isSpoilt);
  }
  const most = Math.max(1, Math.floor(MOST_AS_MEL / columns));
  const shown = [most, columns];
  if (!columnMajor) {
    const { data } = await array.readFlat(0, most * columns);
    return doubtOfValues({ shape: shown, data }, isSpoilt);
  }
  const data = new Float64Array(most * columns);
  for (let column = 0; column < columns; column++) {
    const part = await array.readFlat(column * rows, column * rows + most);
    for (let row = 0; row < most; row++) data[row * columns + column] = Number(part.data[row]);
  }
  return doubtOfValues({ shape: shown, data }, isSpoilt);
}

function doubtOfValues({ shape, data }: NamedArray, isSpoilt: boolean): string | undefined {
  const finite = isSpoilt ? Float64Array.from(data, Number).filter(Number.isFinite) : data;
  return finite.length > 0 ? doubtOfMel(shape, data, finite as ArrayLike<number>) : undefined;
}

/** What the numbers look like: as a mel where it can be one, else by their range alone. */
function doubtOfMel(
  shape: readonly number[],
  data: StoredArray['data'],
  finite: ArrayLike<number>,
): string | undefined {
  const found = recognizeMel({ shape, data }, { wanted: HIFIGAN });
  const mel = found.mel ?? { data: Float32Array.from(finite), frames: 1, mels: finite.length };
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
