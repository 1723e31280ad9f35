import FFT from 'fft.js';

/**
 * A discrete Fourier transform of one length, its tables made once.
 *
 * Complex numbers are interleaved (real, imaginary) in plain arrays of numbers, made by {@link complexBuffer}.
 * Plain, because fft.js is a tenth faster on them than on Float64Array, and slower by half once it has seen both.
 */
export interface Fourier {
  readonly size: number;
  /** X[k] = Σ x[n]·exp(−2πi·kn/size). `out` and `data` must be different buffers. */
  forward(out: number[], data: number[]): void;
  /** The inverse of {@link forward}, divided by the size. */
  inverse(out: number[], data: number[]): void;
}

/** Zeros for `size` complex numbers, of one internal element type (double) from the start. */
export function complexBuffer(size: number): number[] {
  // 0.5 before 0: an array of small integers would change its type at the first fraction.
  return new Array<number>(2 * size).fill(0.5).fill(0);
}

/**
 * Plans a transform: powers of two go to fft.js as they are, any other length through Bluestein's
 * chirp transform on the next power of two that is long enough.
 *
 * @throws RangeError where the size is no whole number of at least 2
 */
export function createFourier(size: number): Fourier {
  if (!Number.isSafeInteger(size) || size < 2) {
    throw new RangeError(
      `createFourier: size=${size} must be a whole number of at least 2, because a shorter transform does nothing; give the length of a frame`,
    );
  }
  return (size & (size - 1)) === 0 ? powerOfTwo(size) : bluestein(size);
}

function powerOfTwo(size: number): Fourier {
  const fft = new FFT(size);
  return {
    size,
    forward: (out, data) => fft.transform(out, data),
    inverse: (out, data) => fft.inverseTransform(out, data),
  };
}

// kn = (k² + n² − (k−n)²)/2 makes the transform a convolution with a chirp, done by longer transforms.
function bluestein(size: number): Fourier {
  let length = 4;
  while (length < 2 * size - 1) length *= 2;
  const fft = powerOfTwo(length);
  const chirp = complexBuffer(size);
  const wrapped = complexBuffer(length);
  for (let n = 0; n < size; n++) {
    // n² modulo 2·size keeps the angle small, and with it exact.
    const angle = (Math.PI * ((n * n) % (2 * size))) / size;
    chirp[2 * n] = Math.cos(angle);
    chirp[2 * n + 1] = -Math.sin(angle);
    for (const at of [n, (length - n) % length]) {
      wrapped[2 * at] = Math.cos(angle);
      wrapped[2 * at + 1] = Math.sin(angle);
    }
  }
  const filter = complexBuffer(length);
  fft.forward(filter, wrapped);
  const time = complexBuffer(length);
  const frequency = complexBuffer(length);

  // The inverse is the forward transform of the conjugate, conjugated.
  const transform = (out: number[], data: number[], sign: number, scale: number): void => {
    time.fill(0, 2 * size);
    for (let i = 0; i < 2 * size; i += 2) {
      const im = sign * data[i + 1];
      time[i] = data[i] * chirp[i] - im * chirp[i + 1];
      time[i + 1] = data[i] * chirp[i + 1] + im * chirp[i];
    }
    fft.forward(frequency, time);
    for (let i = 0; i < 2 * length; i += 2) {
      const re = frequency[i] * filter[i] - frequency[i + 1] * filter[i + 1];
      frequency[i + 1] = frequency[i] * filter[i + 1] + frequency[i + 1] * filter[i];
      frequency[i] = re;
    }
    fft.inverse(time, frequency);
    for (let i = 0; i < 2 * size; i += 2) {
      out[i] = scale * (time[i] * chirp[i] - time[i + 1] * chirp[i + 1]);
      out[i + 1] = sign * scale * (time[i] * chirp[i + 1] + time[i + 1] * chirp[i]);
    }
  };
  return {
    size,
    forward: (out, data) => transform(out, data, 1, 1),
    inverse: (out, data) => transform(out, data, -1, 1 / size),
  };
}
