/** Red, green and blue, 0 to 255. */
export type Colour = readonly [number, number, number];

/**
 * Dark violet over green to yellow, near to matplotlib's viridis: twelve of its colours, with straight lines
 * between them. Even steps look even, in grey and to the colour-blind too.
 */
const stops: readonly Colour[] = [
  [68, 1, 84],
  [72, 33, 115],
  [67, 62, 133],
  [56, 88, 140],
  [45, 112, 142],
  [37, 133, 142],
  [30, 155, 138],
  [42, 176, 127],
  [82, 197, 105],
  [134, 213, 73],
  [194, 223, 35],
  [253, 231, 37],
];

/** @param share from 0 (quiet) to 1 (loud); beyond, the end's colour */
export function colourOf(share: number): Colour {
  const at = Math.min(1, Math.max(0, share)) * (stops.length - 1);
  const low = stops[Math.floor(at)];
  const high = stops[Math.ceil(at)];
  const mixed = (i: number) => Math.round(low[i] + (high[i] - low[i]) * (at % 1));
  return [mixed(0), mixed(1), mixed(2)];
}

/** Blue where there is less, white where there is the same, red where there is more; the ends are ±1. */
export function colourOfDifference(share: number): Colour {
  const at = Math.min(1, Math.max(-1, share));
  const end = at < 0 ? [33, 102, 172] : [178, 24, 43];
  const mixed = (i: number) => Math.round(247 + (end[i] - 247) * Math.abs(at));
  return [mixed(0), mixed(1), mixed(2)];
}
