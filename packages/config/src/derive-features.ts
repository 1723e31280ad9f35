import type { Choice, DeriveOptions } from './derive-config.js';
import { SPEECH_RATE } from './derive-hop.js';
import type { HifiGanConfig } from './hifi-gan-config.js';
import { nearestHops } from './split-hop.js';

/** Of features that reach so far, as BigVGAN has at 44.1 kHz. */
const FULL_BAND_MELS = 128;
/** A window of as many hops as the base's may be shorter than the base's by this factor. */
const SHORTEST_WINDOW = 0.75;

interface Wanted extends DeriveOptions {
  readonly samplingRate: number;
  readonly hopSize: number;
}

/** The Fourier transform, the bands and the training clip for a sampling rate and hop. */
export function deriveFeatures(wanted: Wanted): Choice[] {
  return [...deriveTransform(wanted), ...deriveBands(wanted)];
}

function deriveTransform(wanted: Wanted): Choice[] {
  const { base, samplingRate, hopSize } = wanted;
  const same = samplingRate === base.sampling_rate && hopSize === base.hop_size;
  const window = windowOf(wanted, same);
  const transform = transformOf(wanted, same, window.value as number);
  const size = transform.value as number;
  const capped =
    wanted.winSize === undefined && (window.value as number) > size
      ? { ...window, value: size, reason: 'the whole of n_fft, and no more' }
      : window;
  return [
    transform,
    capped,
    size === base.n_fft
      ? { path: 'num_freq', value: base.num_freq, reason: "the base's; read by nothing" }
      : {
          path: 'num_freq',
          value: Math.floor(size / 2) + 1,
          reason: 'n_fft / 2 + 1 by custom; read by nothing',
        },
    segmentOf(wanted, size),
  ];
}

function windowOf({ base, samplingRate, hopSize, winSize }: Wanted, same: boolean): Choice {
  const choice = (value: number, reason: string): Choice => ({ path: 'win_size', value, reason });
  if (winSize !== undefined) return choice(winSize, 'as asked');
  if (same) return choice(base.win_size, "the base's");
  const ms = (samples: number, rate: number) => `${((1000 * samples) / rate).toFixed(1)} ms`;
  const ofBase = ms(base.win_size, base.sampling_rate);
  const inTime = (base.win_size * samplingRate) / base.sampling_rate;
  const hops = base.win_size / base.hop_size;
  const inHops = Math.max(2, Math.round(hops * hopSize));
  if (inHops >= SHORTEST_WINDOW * inTime) {
    return choice(
      inHops,
      `${Number(hops.toFixed(2))} hops as in the base, ${ms(inHops, samplingRate)} (there ${ofBase})`,
    );
  }
  const power = 2 ** Math.max(1, Math.round(Math.log2(inTime)));
  return choice(
    power,
    `${ms(power, samplingRate)}, the power of two nearest to the base's ${ofBase}, as ${Number(hops.toFixed(2))} hops would be too short to tell low bands apart`,
  );
}

function transformOf({ base, hopSize, nFft }: Wanted, same: boolean, window: number): Choice {
  const choice = (value: number, reason: string): Choice => ({ path: 'n_fft', value, reason });
  if (nFft !== undefined) return choice(nFft, 'as asked');
  if (same && window <= base.n_fft) return choice(base.n_fft, "the base's");
  const power = 2 ** Math.ceil(Math.log2(Math.max(window, hopSize, 2)));
  if (hopSize % 2 === 0) return choice(power, 'the power of two that holds the window');
  const even = nearestHops(hopSize, 2).join(' or ');
  return choice(
    power + 1,
    `one more than a power of two, as n_fft - hop_size must be even; such transforms are slow: an even hop_size, such as ${even}, spares them`,
  );
}

function segmentOf({ base, samplingRate, hopSize, segmentSeconds }: Wanted, nFft: number): Choice {
  const ofBase = base.segment_size / base.sampling_rate;
  const seconds = segmentSeconds ?? ofBase;
  // More than the padding on either side, which mirrors it.
  const fewest = Math.max(1, Math.floor((nFft - hopSize) / 2 / hopSize) + 1);
  const frames = Math.max(fewest, Math.round((seconds * samplingRate) / hopSize));
  const value = frames * hopSize;
  const told = `${frames} frames, ${(value / samplingRate).toFixed(3)} s`;
  return {
    path: 'segment_size',
    value,
    reason:
      segmentSeconds === undefined
        ? `${told}, a whole number of them nearest to the base's ${ofBase.toFixed(3)} s`
        : `${told}, nearest to the ${segmentSeconds} s asked for`,
  };
}

function deriveBands(wanted: Wanted): Choice[] {
  const { base, samplingRate, fmin, numMels } = wanted;
  const half = samplingRate / 2;
  const fmax = topOf(wanted);
  const top = (fmax.value as number | null) ?? half;
  // More of the scale wants more bands: as many as are customary, and never fewer than the base has.
  const wider = top > SPEECH_RATE / 2 && top > (base.fmax ?? base.sampling_rate / 2);
  const bands = wider ? Math.max(base.num_mels, FULL_BAND_MELS) : base.num_mels;
  const forLoss = base.fmax_for_loss;
  return [
    numMels !== undefined
      ? { path: 'num_mels', value: numMels, reason: 'as asked' }
      : {
          path: 'num_mels',
          value: bands,
          reason:
            bands === base.num_mels
              ? "the base's"
              : `as BigVGAN has at 44.1 kHz: the base's ${base.num_mels} would be wide, spread up to ${top} Hz`,
        },
    fmin !== undefined
      ? { path: 'fmin', value: fmin, reason: 'as asked' }
      : { path: 'fmin', value: base.fmin, reason: "the base's" },
    fmax,
    forLoss === null || forLoss <= half
      ? {
          path: 'fmax_for_loss',
          value: forLoss,
          reason: `the base's${forLoss === null ? `: the mel loss hears all up to ${half} Hz` : ''}`,
        }
      : {
          path: 'fmax_for_loss',
          value: null,
          reason: `half the sampling rate, as there is nothing at the base's ${forLoss} Hz`,
        },
  ];
}

function topOf({ base, samplingRate, fmax }: Wanted): Choice {
  const choice = (value: HifiGanConfig['fmax'], reason: string): Choice => ({
    path: 'fmax',
    value,
    reason,
  });
  const half = samplingRate / 2;
  if (fmax !== undefined) return choice(fmax, 'as asked');
  if (base.fmax === null) return choice(null, `half the sampling rate, ${half} Hz, as the base`);
  if (base.fmax > half) {
    return choice(
      null,
      `half the sampling rate, ${half} Hz, as there is nothing at the base's ${base.fmax} Hz`,
    );
  }
  if (samplingRate > SPEECH_RATE && samplingRate > base.sampling_rate) {
    return choice(
      null,
      `half the sampling rate, ${half} Hz, as in BigVGAN: above 24 kHz, brilliance is what the rate is for, and the base's ${base.fmax} Hz would leave it to be guessed`,
    );
  }
  return choice(
    base.fmax,
    "the base's, as is the custom for speech up to 24 kHz (ParallelWaveGAN has 7600 there)",
  );
}
