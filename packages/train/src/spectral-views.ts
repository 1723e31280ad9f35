import { type MelOptions, melOptions } from '@hifigan/audio';
import type { HifiGanConfig } from '@hifigan/config';

/** Of the mel loss in the generator's, where a configuration says nothing (Kong et al., 2020, equation 7). */
export const MEL_WEIGHT = 45;

/**
 * Windows in samples and bands of the losses at several resolutions; hops are a quarter of the window.
 *
 * Source: Kumar et al., "High-Fidelity Audio Compression with Improved RVQGAN" (2023), section 3.4, which BigVGAN-v2 took
 * over. The shortest windows are shorter than a pitch period, so that they are to tell where in it the energy lies.
 */
export const MEL_SCALES = [
  { window: 32, bands: 5 },
  { window: 64, bands: 10 },
  { window: 128, bands: 20 },
  { window: 256, bands: 40 },
  { window: 512, bands: 80 },
  { window: 1024, bands: 160 },
  { window: 2048, bands: 320 },
] as const;

// What distances of magnitudes weigh, so that each counts as wanted beside the others: that, over the mean of what is
// compared, found in forty recordings of speech at 22.05 kHz, peaks at 0.95, bands up to 8 kHz.

/**
 * Of square roots at each of {@link MEL_SCALES}, whose means are 0.019 to 0.31: the three shortest windows are to count
 * 5, the next 10, the others, which tell harmonics apart, 20.
 */
const ROOT_WEIGHTS = [250, 150, 100, 125, 170, 110, 65] as const;

/**
 * Windows in samples through which the lowest harmonics are compared, bin by bin from 0 to {@link LOW_HZ}; their means
 * are 7.6 and 12, and each is to count 8.
 */
const LOW_WINDOWS = [
  { window: 2048, weight: 1 },
  { window: 4096, weight: 0.7 },
] as const;

/** Three harmonics of a high voice. */
const LOW_HZ = 700;

/** Losses that compare spectra. */
export type SpectralLossName = 'mel' | 'magnitude';

/** A distance in a view, mean|f(y) − f(ŷ)| of its magnitudes. */
export interface SpectralDistance {
  /** Which loss it is part of. */
  readonly loss: SpectralLossName;
  /** f: the natural logarithm, the square root, or the magnitude as it is. */
  readonly of: 'logarithm' | 'root' | 'magnitude';
  /** In that loss. */
  readonly weight: number;
}

/** One look of the losses at a signal: short-time spectra, and what is compared in them. */
export interface SpectralView {
  /** Its frames, and its bands where there are no `bins`. */
  readonly mel: MelOptions;
  /** So many of the lowest bins, in place of mel bands. */
  readonly bins?: number;
  /** Whether frames stand in the middle of their hops, as BigVGAN's do, or where the features' frames stand. */
  readonly centred: boolean;
  readonly distances: readonly SpectralDistance[];
}

/** Through what the losses of a configuration look; each scale once, whatever is compared in it. */
export function spectralViews(config: HifiGanConfig): SpectralView[] {
  const own = { ...melOptions(config), fmax: config.fmax_for_loss };
  const framed = (window: number) => ({ nFft: window, winSize: window, hopSize: window / 4 });
  const many = config.use_multiscale_melloss === true;
  const magnitudes = spectralWeights(config).has('magnitude');
  const single: SpectralView = {
    ...{ mel: own, centred: false },
    distances: [{ loss: 'mel', of: 'logarithm', weight: 1 }],
  };
  const scales = MEL_SCALES.map(
    ({ window, bands }, i): SpectralView => ({
      ...{ mel: { ...own, ...framed(window), numMels: bands }, centred: true },
      distances: [
        ...(many ? [{ loss: 'mel', of: 'logarithm', weight: 1 / Math.LN10 } as const] : []),
        ...(magnitudes
          ? [{ loss: 'magnitude', of: 'root', weight: ROOT_WEIGHTS[i] } as const]
          : []),
      ],
    }),
  );
  const low = LOW_WINDOWS.map(
    ({ window, weight }): SpectralView => ({
      ...{ mel: { ...own, ...framed(window) }, centred: true },
      bins: Math.floor(Math.min(LOW_HZ / own.samplingRate, 0.5) * window) + 1,
      distances: [{ loss: 'magnitude', of: 'magnitude', weight }],
    }),
  );
  return [
    ...(many ? [] : [single]),
    ...(many || magnitudes ? scales : []),
    ...(magnitudes ? low : []),
  ];
}

/** What the losses of a configuration weigh in the generator's. */
export function spectralWeights(config: HifiGanConfig): ReadonlyMap<SpectralLossName, number> {
  const { lambda_melloss: mel = MEL_WEIGHT, lambda_magnitude_loss: magnitude = 0 } = config;
  return new Map([
    ['mel', mel] as const,
    ...(magnitude ? [['magnitude', magnitude] as const] : []),
  ]);
}
