import { checkSamples } from './check-samples.js';
import { checkLoudnessRate, integratedLoudness } from './loudness.js';

/** dBFS: what is louder cannot be stored. */
const FULL_SCALE = 0;

/** How loud audio shall be. */
export interface OutputGainOptions {
  /** Integrated loudness, LUFS: −23 (EBU R 128), −16 (podcasts) and −14 (streaming) are usual. */
  readonly loudness?: number;
  /**
   * Largest sample, dBFS, at most 0: what `loudness` may not pass, 0 where left out, so that nothing clips; alone,
   * what the largest sample becomes.
   */
  readonly peak?: number;
}

/**
 * The factor that makes audio as loud as is wanted; one factor, so nothing is compressed. 1 where nothing is wanted,
 * and of silence.
 *
 * @param audio samples of one channel
 * @param samplingRate Hz
 * @throws RangeError as {@link checkGain}; TypeError where the audio is no Float32Array
 */
export function outputGain(
  audio: Float32Array,
  samplingRate: number,
  { loudness, peak }: OutputGainOptions,
): number {
  checkSamples('outputGain', 'audio', audio);
  checkLevels({ loudness, peak });
  const largest = audio.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const measured = loudness === undefined ? 0 : integratedLoudness(audio, samplingRate);
  return gainFor({ largest, loudness: measured }, { loudness, peak });
}

/** What audio was found to be. */
export interface MeasuredLevel {
  /** Magnitude of the largest sample. */
  readonly largest: number;
  /** LUFS; read only where a loudness is wanted. */
  readonly loudness: number;
}

/** {@link outputGain} of audio that was measured as it came, by its parts. */
export function gainFor(
  { largest, loudness: measured }: MeasuredLevel,
  { loudness, peak }: OutputGainOptions,
): number {
  checkLevels({ loudness, peak });
  if (largest === 0) return 1;
  if (loudness === undefined && peak === undefined) return 1;
  const most = decibels(peak ?? FULL_SCALE) / largest;
  if (loudness === undefined) return most;
  // Too quiet to be measured, so not to be raised by what was not measured.
  if (measured === Number.NEGATIVE_INFINITY) return Math.min(1, most);
  return Math.min(decibels(loudness - measured), most);
}

/**
 * Looks at wishes before anything is computed for them.
 *
 * @param samplingRate Hz of the sound that shall be so loud
 * @throws RangeError where a wish is none, or a loudness is wanted at a rate at which none can be measured
 */
export function checkGain(wishes: OutputGainOptions, samplingRate: number): void {
  checkLevels(wishes);
  if (wishes.loudness !== undefined) checkLoudnessRate(samplingRate);
}

function decibels(value: number): number {
  return 10 ** (value / 20);
}

function checkLevels({ loudness, peak }: OutputGainOptions): void {
  check('loudness', loudness, 'LUFS');
  check('peak', peak, 'dBFS');
}

function check(name: string, value: number | undefined, unit: string): void {
  if (value === undefined) return;
  // Types let no text and no null through; as a number, either would be one that nobody wished.
  if (typeof value === 'number' && value <= 0 && value >= -100) return;
  const given = typeof value === 'string' ? `'${value}'` : String(value);
  throw new RangeError(
    `outputGain: ${name}=${given} must be from -100 to 0 ${unit}, a number, because 0 is full scale; ${name === 'peak' ? '−1' : '−16'} is usual, and left out it is not set`,
  );
}
