import { checkObject } from '../signals.js';

/** How pitch is tracked. */
export interface PitchOptions {
  /** Lowest pitch looked for, Hz; 65 if not given. */
  readonly lowest?: number;
  /** Highest pitch looked for, Hz, at most a quarter of the sampling rate; 600 if not given. */
  readonly highest?: number;
  /** Samples of a frame, even, at least two periods of `lowest`; about 64 ms if not given. */
  readonly frameSize?: number;
  /** Samples from one frame to the next; about 10 ms if not given. */
  readonly hopSize?: number;
}

const NAMES: readonly string[] = ['lowest', 'highest', 'frameSize', 'hopSize'];

/** @throws RangeError that says what to change, TypeError where an option is none of ours */
export function pitchOptions(samplingRate: number, given: PitchOptions): Required<PitchOptions> {
  checkObject(
    'trackPitch',
    'options',
    given,
    `an object with some of ${NAMES.join(', ')}, or left out`,
  );
  const strangers = Object.keys(given).filter((name) => !NAMES.includes(name));
  if (strangers.length > 0) {
    throw new TypeError(
      `trackPitch: ${strangers.join(', ')} must be left out, because nothing heeds it; the options are ${NAMES.join(', ')}`,
    );
  }
  const {
    lowest = 65,
    highest = 600,
    frameSize = 2 * Math.round(samplingRate * 0.032),
    hopSize = Math.round(samplingRate / 100),
  } = given;
  const refuse = (what: string): never => {
    throw new RangeError(`trackPitch: ${what}`);
  };
  if (!(lowest > 0 && lowest < highest && highest <= samplingRate / 4)) {
    refuse(
      `lowest=${lowest}, highest=${highest} must be 0 < lowest < highest ≤ ${samplingRate / 4}, because a period must have at least 4 samples; correct them, or resample to a higher rate`,
    );
  }
  if (!(Number.isSafeInteger(frameSize) && frameSize % 2 === 0)) {
    refuse(`frameSize=${frameSize} must be an even number, because frames have a middle; round it`);
  }
  if (frameSize < (2 * samplingRate) / lowest) {
    refuse(
      `frameSize=${frameSize} must be at least ${Math.ceil((2 * samplingRate) / lowest)}, because two periods of lowest=${lowest} Hz must lie in it; make the frame longer or lowest higher`,
    );
  }
  if (!(Number.isSafeInteger(hopSize) && hopSize >= 1)) {
    refuse(`hopSize=${hopSize} must be a whole number of at least 1, because it counts samples`);
  }
  return { lowest, highest, frameSize, hopSize };
}
