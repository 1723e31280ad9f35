import { hannWindow, type MelOptions, melFilterbank } from '@hifigan/audio';
import { conv1d, reflectPad1d } from '@hifigan/ops';
import * as tf from '@tensorflow/tfjs';

/** Under the root, as in `@hifigan/audio`, whose magnitudes these equal; it keeps the gradient of silence finite. */
const MAGNITUDE_FLOOR = 1e-9;

/** Magnitudes of short-time spectra, with a gradient. Owns its matrices until `dispose`. */
export interface Magnitudes {
  /**
   * @param audio `[batch, samples]` or `[batch, samples, 1]` in [-1, 1], more samples than are mirrored on a side
   * @returns `[batch, frames, bands]`, a frame wherever `nFft` samples fit after the padding
   */
  analyze(audio: tf.Tensor): tf.Tensor3D;
  dispose(): void;
}

/** Frames of short-time spectra, in samples. */
export type Frames = Pick<MelOptions, 'nFft' | 'hopSize' | 'winSize'>;

/**
 * The bands of the mel spectrogram of `@hifigan/audio` before its logarithm.
 *
 * @param padding samples mirrored on each side; default (nFft − hopSize) / 2, so that there are as many frames as hops
 */
export function createMelMagnitudes(options: MelOptions, padding?: number): Magnitudes {
  const bins = usedBins(melFilterbank(options), options.numMels);
  const filterbank = tf.keep(bandsAsColumns(options, bins));
  const spectrum = createBinMagnitudes(options, bins, padding);
  return {
    analyze: (audio) =>
      tf.tidy(() => {
        const magnitudes = spectrum.analyze(audio);
        const [batch, frames] = magnitudes.shape;
        const rows = tf.reshape(magnitudes, [batch * frames, bins]) as tf.Tensor2D;
        return tf.reshape(tf.matMul(rows, filterbank), [batch, frames, options.numMels]);
      }) as tf.Tensor3D,
    dispose() {
      spectrum.dispose();
      filterbank.dispose();
    },
  };
}

/**
 * The lowest `bins` of the spectrum, a band each.
 *
 * tfjs's Fourier transform has no gradient. Here it is a product with the windowed DFT matrix, written as
 * a dense convolution with `hopSize` input channels and one frame a step, so that no frame is copied out.
 *
 * @param padding as that of {@link createMelMagnitudes}
 */
export function createBinMagnitudes(options: Frames, bins: number, padding?: number): Magnitudes {
  const { nFft, hopSize } = options;
  const kernel = Math.ceil(nFft / hopSize);
  const basis = tf.keep(tf.tensor3d(dftBasis(options, bins), [kernel, hopSize, 2 * bins]));
  const pad = padding ?? (nFft - hopSize) / 2;
  return {
    analyze: (audio) =>
      tf.tidy(() => {
        const [batch, samples] = audio.shape;
        const frames = Math.floor((samples + 2 * pad - nFft) / hopSize) + 1;
        const rows = frames + kernel - 1;
        const padded = reflectPad1d(tf.reshape(audio, [batch, samples, 1]), [pad, pad]);
        const framed = tf.reshape(fit(padded, rows * hopSize), [batch, rows, hopSize]);
        const spectrum = conv1d(framed, basis);
        const squares = tf.reshape(tf.square(spectrum), [batch * frames, 2, bins]);
        const magnitude = tf.sqrt(tf.add(tf.sum(squares, 1), MAGNITUDE_FLOOR));
        return tf.reshape(magnitude, [batch, frames, bins]);
      }) as tf.Tensor3D,
    dispose() {
      basis.dispose();
    },
  };
}

/** Cuts off or appends zeros (which meet zeros in the basis) along time. */
function fit(x: tf.Tensor, samples: number): tf.Tensor {
  const [batch, length] = x.shape;
  if (samples === length) return x;
  if (samples < length) return tf.slice(x, [0, 0, 0], [batch, samples, 1]);
  return tf.pad(x, [
    [0, 0],
    [0, samples - length],
    [0, 0],
  ]);
}

/** Row-major `[kernel · hop, 2 · bins]`: the window times cosines, then sines; zeros past `nFft`. */
function dftBasis({ nFft, hopSize, winSize }: Frames, bins: number): Float32Array {
  const window = hannWindow(winSize);
  // A window shorter than the frame stands in its middle.
  const first = Math.floor((nFft - winSize) / 2);
  const basis = new Float32Array(Math.ceil(nFft / hopSize) * hopSize * 2 * bins);
  for (let n = 0; n < winSize; n++) {
    const row = (first + n) * 2 * bins;
    for (let bin = 0; bin < bins; bin++) {
      // The product is taken modulo nFft to keep the angle small and exact.
      const angle = (2 * Math.PI * (((first + n) * bin) % nFft)) / nFft;
      basis[row + bin] = window[n] * Math.cos(angle);
      basis[row + bins + bin] = -window[n] * Math.sin(angle);
    }
  }
  return basis;
}

/** `[bins, numMels]` of the dense `[numMels, ⌊nFft / 2⌋ + 1]`. */
function bandsAsColumns(options: MelOptions, bins: number): tf.Tensor2D {
  const { numMels } = options;
  const dense = melFilterbank(options);
  // Not nFft / 2 + 1, which is a fraction where nFft is odd.
  const width = dense.length / numMels;
  const columns = new Float32Array(bins * numMels);
  for (let band = 0; band < numMels; band++) {
    for (let bin = 0; bin < bins; bin++) {
      columns[bin * numMels + band] = dense[band * width + bin];
    }
  }
  return tf.tensor2d(columns, [bins, numMels]);
}

/** One more than the highest bin that any band weighs: the rest need not be computed. */
function usedBins(dense: Float64Array, numMels: number): number {
  const bins = dense.length / numMels;
  for (let bin = bins - 1; bin > 0; bin--) {
    for (let band = 0; band < numMels; band++) if (dense[band * bins + bin] !== 0) return bin + 1;
  }
  return 1;
}
