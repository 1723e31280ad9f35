/** The tables and the memory of one spectrogram, laid out by `src/mel-image.ts`; addresses in bytes. */
@unmanaged
export class MelPlan {
  /** A power of two, at least 16. */
  nFft: i32;
  hopSize: i32;
  numMels: i32;
  /** float64 `[nFft]`, zero beside the window. */
  window: usize;
  /** From `4 n` on, for each power of two n up to nFft: `exp(-2πi j/n)` of j < n/4, 16 bytes each. */
  turns: usize;
  /** From `12 n` on, for each n up to nFft/4: `exp(-2πi r j/n)` of r = 1, 2, 3 for each j < n/4, 48 bytes. */
  triples: usize;
  /** int32 `[numMels]`: how many bins begin to rise in each band. */
  counts: usize;
  /**
   * For each of these bins: where real and imaginary part lie, its weight in that band and in the one before; 24 bytes.
   */
  bins: usize;
  /** float32, the padded samples of an even number of frames. */
  audio: usize;
  /** `[nFft]` pairs of float64. */
  work: usize;
  /** `[1 + numMels]` pairs of float64. */
  sums: usize;
  /** float32 `[frames, numMels]`, the result. */
  mel: usize;
}
