import { peak } from '../files/peak.js';
import { createLoudnessMeter } from './loudness-meter.js';
import { resampled } from './resampled.js';
import { Spool } from './spool.js';

/** What is done to speech before it is written. */
export interface FinishOptions {
  /** Hz; the model's where left out. */
  readonly samplingRate?: number;
  /** LUFS, of the whole (ITU-R BS.1770-4, gated). */
  readonly loudness?: number;
  /** dBFS: of the loudest sample; with a loudness, the most that it may be. */
  readonly peak?: number;
}

/** Where a loudness is wanted and nothing is said of the peak, no sample may clip. */
const FULL_SCALE = 0;

/** Whether the whole must be known before the first sample. */
export const needsWhole = ({ loudness, peak: level }: FinishOptions): boolean =>
  loudness !== undefined || level !== undefined;

/**
 * Resamples, and sets the loudness or the peak.
 *
 * @param from Hz, of the sound
 * @param tell told what was not reached, in a sentence without its subject
 */
export async function* finishSound(
  sound: AsyncIterable<Float32Array>,
  from: number,
  options: FinishOptions & { readonly tell: (what: string) => void },
): AsyncGenerator<Float32Array> {
  const { samplingRate = from } = options;
  const result = resampled(sound, from, samplingRate);
  if (!needsWhole(options)) {
    yield* result;
    return;
  }
  const spool = await Spool.open();
  try {
    const meter = createLoudnessMeter(samplingRate);
    let highest = 0;
    for await (const piece of result) {
      highest = Math.max(highest, peak(piece));
      if (options.loudness !== undefined) meter.push(piece);
      await spool.write(piece);
    }
    const measured = options.loudness === undefined ? 0 : meter.integrated();
    const factor = factorFor(highest, measured, options);
    for await (const piece of spool.pieces()) {
      yield factor === 1 ? piece : piece.map((value) => value * factor);
    }
  } finally {
    await spool.remove();
  }
}

/** What samples are multiplied by. */
function factorFor(
  highest: number,
  measured: number,
  { loudness, peak: level, tell }: FinishOptions & { readonly tell: (what: string) => void },
): number {
  if (highest === 0) return 1;
  const most = ratio(level ?? FULL_SCALE) / highest;
  if (loudness === undefined) return most;
  if (measured === Number.NEGATIVE_INFINITY) {
    tell(`too short or too quiet to measure its loudness (0.4 s are the least); taken as it is`);
    return Math.min(1, most);
  }
  const wanted = ratio(loudness - measured);
  if (wanted <= most) return wanted;
  const reached = measured + 20 * Math.log10(most);
  tell(
    `reaches ${reached.toFixed(1)} LUFS and not ${loudness}, because its peaks would pass ${level ?? FULL_SCALE} dBFS`,
  );
  return most;
}

const ratio = (decibels: number): number => 10 ** (decibels / 20);
