/** What follows a sum; the same numbers as in `src/convolution.ts`. */
export const enum Activation {
  None,
  LeakyRelu,
  Tanh,
  /** With a slope above 1. */
  SteepLeakyRelu,
}

/** How a convolution is computed; the same numbers as in `src/schemes.ts`. */
export const enum Scheme {
  /** Winograd's F(9 - taps, taps), for 2 to 5 taps: 8 products for `9 - taps` outputs. */
  Single,
  /** F(4, 4) within F(2, 2), for up to 8 taps: 21 products for 8 outputs. */
  Double,
  /** F(4, 4) within F(2, 3), for up to 12 taps: 28 products for 8 outputs. */
  Triple,
  /** Tap by tap. */
  Direct,
}

/**
 * A convolution of `x [batch, time, groups · inChannels]`. Output step `u` reads the samples
 * `u · stride + tap · dilation - pad`. Its result has `phases · outChannels` channels a step: one phase for
 * a convolution; for a transposed one as many as its stride, and phase `p` of step `u` is sample
 * `u · phases + p - cut` of `y [batch, outTime, groups · outChannels]`.
 *
 * Fields of 32 bits, in the order in which `convolve` in `src/convolution.ts` writes them; of a filter's gradient,
 * `filterGradient` in `src/kernels/conv1d-backprop-filter.ts`.
 */
@unmanaged
export class ConvolutionJob {
  x: usize;
  /** Packed, see `pack.ts`. */
  filter: usize;
  /** Of all groups, or 0. */
  bias: usize;
  /** Of the shape of `y`, or 0. */
  residual: usize;
  y: usize;
  scheme: i32;
  /** Of a pass. */
  taps: i32;
  batch: i32;
  groups: i32;
  /** Of a group. */
  inChannels: i32;
  /** Of a group and a phase. */
  outChannels: i32;
  phases: i32;
  time: i32;
  outTime: i32;
  steps: i32;
  stride: i32;
  dilation: i32;
  pad: i32;
  cut: i32;
  activation: i32;
  /** Slopes of the leaky ReLUs of `x` (1: none) and of the result, in (0, 1]. */
  slopeBefore: f32;
  slopeAfter: f32;
  /**
   * Winograd's ways know no stride: they take as many interleaved parts of the signal for channels of their
   * own, `[part][inChannels filled up to fours]`, and `taps` are the kernel's over the stride. Else 1.
   */
  parts: i32;
  /** More taps than a scheme takes come in several passes, whose products are added up. Else 1. */
  passes: i32;
  /** Items a group, and what an item holds: tiles, or four rows each. */
  blocks: i32;
  blockSize: i32;
  /**
   * Winograd's tiles stand in the order `[item of the batch][stretch][residue][tile of a strip]`: the `dilation`
   * interleaved signals of a stretch of samples are taken one after the other, while it is in the cache. Tiles of
   * a strip, and stretches an item; the last stretch may reach beyond the end.
   */
  stripTiles: i32;
  stretches: i32;
}

/** Tiles of the strip from this one on. */
// @ts-ignore: decorators are AssemblyScript's
@inline
export function restOfStrip(job: ConvolutionJob, tile: i32): i32 {
  return job.stripTiles - (tile % job.stripTiles);
}

/** The item of the batch that a tile belongs to. */
// @ts-ignore: decorators are AssemblyScript's
@inline
export function itemOf(job: ConvolutionJob, tile: i32): i32 {
  return tile / (job.stripTiles * job.dilation * job.stretches);
}

/** The first step of output that a tile makes; the others are `dilation` apart. */
// @ts-ignore: decorators are AssemblyScript's
@inline
export function firstStep(job: ConvolutionJob, tile: i32, outputs: i32): i32 {
  const strip = tile / job.stripTiles;
  const residue = strip % job.dilation;
  const stretch = (strip / job.dilation) % job.stretches;
  const place = stretch * job.stripTiles + (tile % job.stripTiles);
  return place * outputs * job.dilation + residue;
}

/** Of the steps from this one on, `dilation` apart, those that exist: `most` at most. */
// @ts-ignore: decorators are AssemblyScript's
@inline
export function stepsFrom(job: ConvolutionJob, step: i32, most: i32): i32 {
  return max(0, min(most, (job.steps - step + job.dilation - 1) / job.dilation));
}

// @ts-ignore: decorators are AssemblyScript's
@inline
export function allTiles(job: ConvolutionJob): i32 {
  return job.batch * job.stretches * job.dilation * job.stripTiles;
}

/** Vectors of four channels of a row that Winograd's ways read. */
// @ts-ignore: decorators are AssemblyScript's
@inline
export function rowVectors(job: ConvolutionJob): i32 {
  return job.parts * ((job.inChannels + 3) >> 2);
}

/** Rows of input that a tile reads. */
// @ts-ignore: decorators are AssemblyScript's
@inline
export function tileRows(scheme: i32): i32 {
  return scheme == Scheme.Single ? 8 : scheme == Scheme.Double ? 15 : 19;
}

/** Rows of output that a tile makes. */
// @ts-ignore: decorators are AssemblyScript's
@inline
export function tileOutputs(scheme: i32, taps: i32): i32 {
  return scheme == Scheme.Single ? 9 - taps : 8;
}

/** Products that a tile takes, each a plane of its own. */
// @ts-ignore: decorators are AssemblyScript's
@inline
export function planesOf(scheme: i32): i32 {
  return scheme == Scheme.Single ? 8 : scheme == Scheme.Double ? 21 : 28;
}
