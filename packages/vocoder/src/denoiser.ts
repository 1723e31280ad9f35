import {
  createSpectralSubtraction,
  firstFrameMagnitudes,
  type Mel,
  type SpectralSubtraction,
} from '@hifigan/audio';
import type { HifiGanConfig } from '@hifigan/config';

/** Frames of the empty mel that the bias is taken of, as in WaveGlow's denoiser. */
const BIAS_FRAMES = 88;

/**
 * What a generator makes where nothing is to be said, taken off what it says: the denoiser that WaveGlow and NVIDIA's
 * HiFi-GAN bring (https://github.com/NVIDIA/waveglow/blob/master/denoiser.py). The bias is the spectrum at the
 * beginning of what it makes of a mel of zeros; frames are as long as those of the mel, and begin every quarter of one.
 */
export class Denoiser {
  readonly #nFft: number;
  readonly #bias: Float64Array;

  private constructor(nFft: number, bias: Float64Array) {
    this.#nFft = nFft;
    this.#bias = bias;
  }

  /** @param generate runs the generator; the mel of zeros is what it takes, after any normalisation */
  static async of(
    { num_mels: mels, n_fft: nFft, hop_size: hop }: HifiGanConfig,
    generate: (mel: Mel) => Promise<Float32Array>,
  ): Promise<Denoiser> {
    // At least what a frame spans, where hops are short.
    const frames = Math.max(BIAS_FRAMES, Math.ceil(nFft / hop));
    const audio = await generate({ data: new Float32Array(frames * mels), frames, mels });
    return new Denoiser(nFft, firstFrameMagnitudes(audio, nFft));
  }

  /** @param strength from 0 (nothing) to 1 (all of the bias) */
  begin(strength: number): SpectralSubtraction {
    const magnitudes = this.#bias.map((value) => value * strength);
    return createSpectralSubtraction({ nFft: this.#nFft, magnitudes });
  }
}
