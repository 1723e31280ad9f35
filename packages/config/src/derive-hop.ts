import type { Choice } from './derive-config.js';
import type { HifiGanConfig } from './hifi-gan-config.js';
import { canSplit, nearestHops } from './split-hop.js';

/** Hz. Up to here, 12.5 ms a frame and features that end at 8 kHz or so are the custom of speech synthesis. */
export const SPEECH_RATE = 24_000;
/** A hop of a power of two may be longer or shorter than the base's by this. */
const POWER_TOLERANCE = 0.2;

/** The hop size for a sampling rate: of about the base's duration, even, and a product of rates. */
export function deriveHop(base: HifiGanConfig, samplingRate: number, asked?: number): Choice {
  const choice = (value: number, reason: string): Choice => ({ path: 'hop_size', value, reason });
  if (asked !== undefined) return choice(asked, 'as asked');
  const ms = (samples: number, rate = samplingRate) => `${((1000 * samples) / rate).toFixed(1)} ms`;
  const ofBase = `the base's ${ms(base.hop_size, base.sampling_rate)}`;
  if (samplingRate === base.sampling_rate) return choice(base.hop_size, "the base's");
  const usable = (hop: number) => Number.isInteger(hop) && hop % 2 === 0 && canSplit(hop);

  const exact = (base.hop_size * samplingRate) / base.sampling_rate;
  if (usable(exact)) return choice(exact, `${ms(exact)}, as the base has`);
  const eightieth = samplingRate / 80;
  if (samplingRate <= SPEECH_RATE && usable(eightieth)) {
    return choice(
      eightieth,
      `12.5 ms, near ${ofBase}: the custom of speech synthesis up to 24 kHz, as in ESPnet and ParallelWaveGAN`,
    );
  }
  const power = 2 ** Math.max(1, Math.round(Math.log2(exact)));
  if (Math.abs(power / exact - 1) <= POWER_TOLERANCE) {
    return choice(power, `${ms(power)}, the power of two near ${ofBase}`);
  }
  if (usable(eightieth)) return choice(eightieth, `12.5 ms, near ${ofBase}`);
  const [nearest] = nearestHops(exact, 2).sort((a, b) => Math.abs(a - exact) - Math.abs(b - exact));
  return choice(nearest, `${ms(nearest)}, even and a product of rates, nearest to ${ofBase}`);
}
