/** The tables and the memory of one refinement, laid out by `src/refinement-image.ts`; addresses in bytes. */
@unmanaged
export class RefinementPlan {
  /** A power of two, at least 16. */
  nFft: i32;
  hopSize: i32;
  numMels: i32;
  /** Bins below the first band. */
  firstBin: i32;
  /** float64 `[nFft]`, zero beside the window. */
  window: usize;
  /** As those of `MelPlan`, for each n up to nFft. */
  triples: usize;
  /** int32 `[nFft]`: how many bytes behind the first `transformComplex` leaves each bin. */
  places: usize;
  /** int32 `[numMels]`: how many bins begin to rise in each band. */
  counts: usize;
  /** For each of these bins: its weight in that band, that in the one before, and the share of the first; 24 bytes. */
  bins: usize;
  /** float64 `[nFft / 2 + 1]`: 1, and 0 where silence is to be. */
  open: usize;
  /** float64, the samples of four frames, a hop apart; later those that came of them. */
  audio: usize;
  /** `[2 nFft]` pairs of float64, twice. */
  work: usize;
  result: usize;
  /** `[nFft / 2 + 1]` pairs of float64, of two frames each. */
  magnitudes: usize;
  gains: usize;
  /** `[1 + numMels]` pairs of float64. */
  sums: usize;
  /** Pairs of float64 `[2, numMels]`: the sums that the bands of frames 0 and 2, and of 1 and 3, shall have. */
  targets: usize;
}
