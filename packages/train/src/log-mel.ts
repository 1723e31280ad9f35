import { hannWindow, type MelOptions, melFilterbank } from '@hifigan/audio';
import { conv1d, reflectPad1d } from '@hifigan/ops';
import * as tf from '@tensorflow/tfjs';

/** As in `@hifigan/audio`, whose mel spectrogram this one equals. */
const MAGNITUDE_FLOOR = 1e-9;
const MEL_FLOOR = 1e-5;

/** A log-mel spectrogram with a gradient. Owns its matrices until `dispose`. */
export interface LogMel {
  /**
   * @param audio `[batch, samples]` or `[batch, samples, 1]` in [-1, 1], more samples than are mirrored on a side
   * @returns `[batch, frames, numMels]`, a frame wherever `nFft` samples fit after the padding (by default
   * ⌊samples / hopSize⌋), natural logarithm, at least ln(1e-5)
   */
  analyze(audio: tf.Tensor): tf.Tensor3D;
  dispose(): void;
}

/**
 * The log-mel spectrogram of `@hifigan/audio` in tfjs ops, for the mel loss.
 *
 * tfjs's Fourier transform has no gradient. Here it is a product with the windowed DFT matrix, written as
 * a dense convolution with `hopSize` input channels and one frame a step, so that no frame is copied out:
 * a thousandth of a generator's work.
 *
 * @param padding samples mirrored on each side; default (nFft − hopSize) / 2, so that there are as many frames as hops
 */
export function createLogMel(options: MelOptions, padding?: number): LogMel {
  const { nFft, hopSize, numMels } = options;
  const bins = usedBins(melFilterbank(options), numMels);
  const kernel = Math.ceil(nFft / hopSize);
  const basis = tf.keep(tf.tensor3d(dftBasis(options, bins), [kernel, hopSize, 2 * bins]));
  const filterbank = tf.keep(bandsAsColumns(options, bins));
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
        const power = tf.sum(squares, 1);
        const magnitude = tf.sqrt(tf.add(power, MAGNITUDE_FLOOR));
        const bands = tf.matMul(magnitude as tf.Tensor2D, filterbank);
        return tf.reshape(tf.log(tf.maximum(bands, MEL_FLOOR)), [batch, frames, numMels]);
      }) as tf.Tensor3D,
    dispose() {
      basis.dispose();
      filterbank.dispose();
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
function dftBasis({ nFft, hopSize, winSize }: MelOptions, bins: number): Float32Array {
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
