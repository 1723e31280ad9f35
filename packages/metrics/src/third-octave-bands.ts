/** First and last but one bin of each band. */
export type BandEdges = readonly { readonly from: number; readonly to: number }[];

/**
 * Third-octave bands on the bins of a transform; each edge is the bin that lies nearest (the lower of two).
 *
 * @param lowest centre of the first band, Hz
 */
export function thirdOctaveBands(
  samplingRate: number,
  nFft: number,
  bands: number,
  lowest: number,
): BandEdges {
  const nearest = (hz: number): number => {
    const bin = (hz * nFft) / samplingRate;
    const below = Math.floor(bin);
    return bin - below <= 0.5 ? below : below + 1;
  };
  return Array.from({ length: bands }, (_, band) => ({
    from: nearest(lowest * 2 ** ((2 * band - 1) / 6)),
    to: nearest(lowest * 2 ** ((2 * band + 1) / 6)),
  }));
}
