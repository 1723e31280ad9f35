import {
  createLoudnessMeter,
  gainFor,
  type MeasuredLevel,
  type OutputGainOptions,
} from '@hifigan/audio';
import { peak } from '../files/peak.js';
import { Spool } from './spool.js';

/** What is done to speech before it is written. */
export type FinishOptions = OutputGainOptions;

/** Whether the whole must be known before the first sample. */
export const needsWhole = ({ loudness, peak: level }: FinishOptions): boolean =>
  loudness !== undefined || level !== undefined;

/**
 * Sets the loudness or the peak.
 *
 * @param samplingRate Hz, of the sound
 * @param tell told what was not reached, in a sentence without its subject
 */
export async function* finishSound(
  sound: AsyncIterable<Float32Array>,
  samplingRate: number,
  options: FinishOptions & { readonly tell: (what: string) => void },
): AsyncGenerator<Float32Array> {
  if (!needsWhole(options)) {
    yield* sound;
    return;
  }
  const spool = await Spool.open();
  try {
    // It takes no low rates, which a peak alone allows.
    const meter = options.loudness === undefined ? undefined : createLoudnessMeter(samplingRate);
    let largest = 0;
    for await (const piece of sound) {
      largest = Math.max(largest, peak(piece));
      meter?.push([piece]);
      await spool.write(piece);
    }
    const loudness = meter?.integrated() ?? Number.NEGATIVE_INFINITY;
    const factor = factorFor({ largest, loudness }, options);
    for await (const piece of spool.pieces()) {
      yield factor === 1 ? piece : piece.map((value) => value * factor);
    }
  } finally {
    await spool.remove();
  }
}

/** What samples are multiplied by, as the library has it; and what was wished for and not reached. */
function factorFor(
  measured: MeasuredLevel,
  { loudness, peak: level, tell }: FinishOptions & { readonly tell: (what: string) => void },
): number {
  const factor = gainFor(measured, { loudness, peak: level });
  if (loudness === undefined) return factor;
  const reached = measured.loudness + 20 * Math.log10(factor);
  if (measured.loudness === Number.NEGATIVE_INFINITY) {
    const then = factor === 1 ? 'it stays as it is' : 'its peaks alone are lowered';
    tell(`too quiet to measure its loudness; ${then}`);
  } else if (reached < loudness - TOLERANCE) {
    tell(
      `reaches ${reached.toFixed(1)} LUFS and not ${loudness}, because its peaks would pass ${level ?? 0} dBFS`,
    );
  }
  return factor;
}

/** LU that nobody hears. */
const TOLERANCE = 0.05;
