/** One filter of second order: y = b0·x + b1·x₁ + b2·x₂ − a1·y₁ − a2·y₂. */
interface Biquad {
  readonly b: readonly [number, number, number];
  readonly a: readonly [number, number];
}

/** Below this a block is silence (LUFS). */
const ABSOLUTE_GATE = -70;
/** A block this far below the mean of those that sound is a pause (LU). */
const RELATIVE_GATE = -10;
/** Blocks are 400 ms long and begin every 100 ms. */
const STEPS_OF_BLOCK = 4;
const STEPS_A_SECOND = 10;
/** Left, right, centre, and the two behind, which count for more. */
const CHANNEL_WEIGHTS: readonly number[] = [1, 1, 1, 1.41, 1.41];

/** Measures loudness of audio that comes in parts; its memory grows by eight bytes for each 100 ms. */
export interface LoudnessMeter {
  /** @param channels parts of one length, one for each channel */
  push(channels: readonly Float32Array[]): void;
  /** Of all that came so far, LUFS; −Infinity of silence. */
  integrated(): number;
}

/**
 * Plans a measurement of loudness by ITU-R BS.1770-4: K-weighted power of blocks of 400 ms that overlap by three
 * quarters, without those below −70 LUFS and those 10 LU below the mean of the others. Audio of less than 400 ms
 * counts as one block.
 *
 * @param samplingRate Hz; the weighting's filters are those of the standard at 48 kHz, moved to other rates by the
 * bilinear transform, as Brecht De Man derived them (https://github.com/BrechtDeMan/loudness.py)
 * @param channelCount in the order left, right, centre, left surround, right surround
 * @throws RangeError where there are other channels, or the rate is none
 */
export function createLoudnessMeter(samplingRate: number, channelCount = 1): LoudnessMeter {
  check(samplingRate, channelCount);
  const weightings = Array.from({ length: channelCount }, () => kWeighting(samplingRate));
  // Power of each 100 ms, weighted and summed over channels.
  const steps: number[] = [];
  let power = 0;
  let position = 0;
  const boundary = (step: number) => Math.floor((step * samplingRate) / STEPS_A_SECOND);
  return {
    push(channels) {
      checkChannels(channels, channelCount);
      const weighted = channels.map((samples, channel) => weightings[channel](samples));
      let at = 0;
      const { length } = channels[0];
      while (at < length) {
        const end = Math.min(length, at + boundary(steps.length + 1) - position);
        // Sample by sample, so that the sum is the same to the last bit however the sound was cut.
        for (let i = at; i < end; i++) {
          for (let channel = 0; channel < channelCount; channel++) {
            power += CHANNEL_WEIGHTS[channel] * weighted[channel][i] ** 2;
          }
        }
        position += end - at;
        at = end;
        if (position === boundary(steps.length + 1)) {
          steps.push(power);
          power = 0;
        }
      }
    },
    integrated() {
      if (steps.length < STEPS_OF_BLOCK) {
        const total = steps.reduce((sum, value) => sum + value, power);
        return gated([position === 0 ? 0 : total / position]);
      }
      const blocks = Array.from({ length: steps.length - STEPS_OF_BLOCK + 1 }, (_, first) => {
        const last = first + STEPS_OF_BLOCK;
        const sum = steps.slice(first, last).reduce((total, value) => total + value, 0);
        return sum / (boundary(last) - boundary(first));
      });
      return gated(blocks);
    },
  };
}

/**
 * Integrated loudness by ITU-R BS.1770-4, see {@link createLoudnessMeter}.
 *
 * @param audio samples in [−1, 1], of one channel or of each
 * @returns LUFS; −Infinity of silence
 * @throws RangeError where channels are none or too many, or differ in length
 */
export function integratedLoudness(
  audio: Float32Array | readonly Float32Array[],
  samplingRate: number,
): number {
  const channels = audio instanceof Float32Array ? [audio] : audio;
  const meter = createLoudnessMeter(samplingRate, channels.length);
  meter.push(channels);
  return meter.integrated();
}

function gated(blocks: readonly number[]): number {
  const sounding = blocks.filter((power) => loudnessOf(power) >= ABSOLUTE_GATE);
  const threshold = loudnessOf(mean(sounding)) + RELATIVE_GATE;
  return loudnessOf(mean(sounding.filter((power) => loudnessOf(power) > threshold)));
}

function loudnessOf(power: number): number {
  return -0.691 + 10 * Math.log10(power);
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The head's shelf, then the high pass: a function that keeps its state from part to part. */
function kWeighting(samplingRate: number): (samples: Float32Array) => Float64Array {
  const filters = [shelf(samplingRate), highPass(samplingRate)].map(({ b, a }) => {
    let s1 = 0;
    let s2 = 0;
    // Transposed direct form II.
    return (x: number): number => {
      const y = b[0] * x + s1;
      s1 = b[1] * x - a[0] * y + s2;
      s2 = b[2] * x - a[1] * y;
      return y;
    };
  });
  return (samples) => Float64Array.from(samples, (x) => filters[1](filters[0](x)));
}

function shelf(samplingRate: number): Biquad {
  const gain = 10 ** (3.99984385397 / 20);
  const q = 0.7071752369554193;
  const k = Math.tan((Math.PI * 1681.9744509555319) / samplingRate);
  const middle = gain ** 0.499666774155;
  const a0 = 1 + k / q + k * k;
  return {
    b: [
      (gain + (middle * k) / q + k * k) / a0,
      (2 * (k * k - gain)) / a0,
      (gain - (middle * k) / q + k * k) / a0,
    ],
    a: [(2 * (k * k - 1)) / a0, (1 - k / q + k * k) / a0],
  };
}

function highPass(samplingRate: number): Biquad {
  const q = 0.5003270373253953;
  const k = Math.tan((Math.PI * 38.13547087613982) / samplingRate);
  const a0 = 1 + k / q + k * k;
  return { b: [1, -2, 1], a: [(2 * (k * k - 1)) / a0, (1 - k / q + k * k) / a0] };
}

/** @throws RangeError where no loudness can be measured at a rate (Hz) */
export function checkLoudnessRate(samplingRate: number): void {
  // The shelf lies at 1.7 kHz: below twice that there is no such filter.
  if (!(Number.isFinite(samplingRate) && samplingRate >= 4000)) {
    throw new RangeError(
      `loudness: samplingRate=${samplingRate} must be at least 4000 Hz, because the weighting of BS.1770 needs the range of speech; resample first`,
    );
  }
}

function check(samplingRate: number, channelCount: number): void {
  checkLoudnessRate(samplingRate);
  if (!(channelCount >= 1 && channelCount <= CHANNEL_WEIGHTS.length)) {
    throw new RangeError(
      `loudness: channels=${channelCount} must be 1 to ${CHANNEL_WEIGHTS.length}, because BS.1770 says what others count for; leave out the low-frequency effects, or mix down`,
    );
  }
}

function checkChannels(channels: readonly Float32Array[], channelCount: number): void {
  const lengths = new Set(channels.map(({ length }) => length));
  if (channels.length === channelCount && lengths.size === 1) return;
  throw new RangeError(
    `loudness: channels of ${channels.map(({ length }) => length).join(', ')} samples must be ${channelCount} of one length, because they sound together; pad or trim them`,
  );
}
