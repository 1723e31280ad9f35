import type { Mel, MelStatistics } from '@hifigan/audio';
import { FormatError, type NamedArray, type NamedArrays } from '@hifigan/checkpoint';

/** Names of the arrays beside a generator's weights, as transformers has them. */
const NAMES = ['mean', 'scale'] as const;

/**
 * A mel as a generator that was trained on normalised ones takes it: `(mel - mean) / scale`; a new one. This cannot be
 * multiplied into the first convolution, whose padding is zero after it and not before.
 */
export function normalizeMel({ data, frames, mels }: Mel, { mean, scale }: MelStatistics): Mel {
  const normalized = new Float32Array(data.length);
  for (let i = 0; i < data.length; i++) {
    const band = i % mels;
    normalized[i] = (data[i] - mean[band]) / scale[band];
  }
  return { data: normalized, frames, mels };
}

/**
 * Takes the statistics out of a file's arrays.
 *
 * @throws FormatError where they do not fit
 */
export function splitStatistics(
  arrays: NamedArrays,
  mels: number,
  where: string,
): { readonly weights: NamedArrays; readonly statistics?: MelStatistics } {
  const [mean, scale] = NAMES.map((name) => arrays.get(name));
  if (!mean || !scale) return { weights: arrays };
  const statistics = { mean: floatsOf(mean), scale: floatsOf(scale) };
  checkStatistics(statistics, mels, where);
  const weights = new Map([...arrays].filter(([name]) => name !== 'mean' && name !== 'scale'));
  return { weights, statistics };
}

/** Puts them back, in float64, which is never stored as float16: that would be heard. */
export function joinStatistics(weights: NamedArrays, statistics?: MelStatistics): NamedArrays {
  if (!statistics) return weights;
  const joined = new Map(weights);
  for (const name of NAMES) {
    const data = Float64Array.from(statistics[name]);
    joined.set(name, { shape: [data.length], data });
  }
  return joined;
}

/** @throws FormatError where mels of so many bands cannot be normalised with them */
export function checkStatistics({ mean, scale }: MelStatistics, mels: number, where: string): void {
  for (const [name, values] of Object.entries({ mean, scale })) {
    const bad = Array.from<number>(values).findIndex(
      (value) => !Number.isFinite(value) || (name === 'scale' && value === 0),
    );
    if (values.length === mels && bad < 0) continue;
    const what =
      values.length === mels
        ? `holds ${values[bad]} for band ${bad}`
        : `has ${values.length} values`;
    throw new FormatError(
      `${where}: ${name} ${what} and must have ${mels} numbers, none of them zero in scale, because each band of a mel is normalised with them; copy the model again`,
    );
  }
}

/** Values of any type as float32. */
export function floatsOf({ data }: Pick<NamedArray, 'data'>): Float32Array {
  return Float32Array.from<number | bigint>(data, Number);
}
