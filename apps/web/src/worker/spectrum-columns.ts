import { complexBuffer, createFourier, hannWindow } from '@hifigan/audio';

/** Decibels of a full-scale tone that are drawn as nothing. */
export const SPECTRUM_LOW = -100;
export const SPECTRUM_HIGH = -10;

/** Spectra of a sound wherever they are asked for, in decibels, a full-scale tone 0. */
export class SpectrumColumns {
  readonly #fourier;
  readonly #window: Float64Array;
  readonly #time: number[];
  readonly #spectrum: number[];
  readonly #scale: number;

  /** @param size samples of a transform */
  constructor(readonly size: number) {
    this.#fourier = createFourier(size);
    this.#window = hannWindow(size);
    this.#time = complexBuffer(size);
    this.#spectrum = complexBuffer(size);
    this.#scale = 2 / this.#window.reduce((sum, value) => sum + value, 0);
  }

  /**
   * @param centre sample in the middle of the transform; beyond the ends there is silence
   * @returns size/2 values, from 0 Hz up
   */
  at(audio: Float32Array, centre: number): Float32Array {
    const { size } = this;
    const start = Math.round(centre) - (size >> 1);
    for (let i = 0; i < size; i++) {
      const sample = audio[start + i] ?? 0;
      this.#time[2 * i] = sample * this.#window[i];
      this.#time[2 * i + 1] = 0;
    }
    this.#fourier.forward(this.#spectrum, this.#time);
    const column = new Float32Array(size >> 1);
    for (let bin = 0; bin < column.length; bin++) {
      const magnitude = Math.hypot(this.#spectrum[2 * bin], this.#spectrum[2 * bin + 1]);
      column[bin] = Math.max(20 * Math.log10(magnitude * this.#scale + 1e-9), SPECTRUM_LOW);
    }
    return column;
  }
}
