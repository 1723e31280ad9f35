/** What a spectrogram's frames are; nFft − hopSize is even. */
export interface FrameOptions {
  /** Length of the Fourier transform; powers of two are fastest. */
  readonly nFft: number;
  /** Samples from one frame to the next. */
  readonly hopSize: number;
  /** Length of the Hann window, at most nFft; a shorter one stands in the middle of the frame. */
  readonly winSize: number;
}

/** What a mel filterbank is. */
export interface FilterbankOptions {
  /** Hz. */
  readonly samplingRate: number;
  readonly nFft: number;
  readonly numMels: number;
  /** Lower edge of the first band, Hz. */
  readonly fmin: number;
  /** Upper edge of the last band, Hz; null is half the sampling rate. */
  readonly fmax: number | null;
}

/** What a log-mel spectrogram is. */
export interface MelOptions extends FrameOptions, FilterbankOptions {}

/** The keys of a HiFi-GAN configuration that say what its mel spectrogram is. */
export interface MelConfig {
  readonly sampling_rate: number;
  readonly n_fft: number;
  readonly hop_size: number;
  readonly win_size: number;
  readonly num_mels: number;
  readonly fmin: number;
  readonly fmax: number | null;
}

/**
 * The options that a configuration speaks of. For the mel of the loss, replace fmax:
 * `{ ...melOptions(config), fmax: config.fmax_for_loss }`.
 */
export function melOptions(config: MelConfig): MelOptions {
  return {
    samplingRate: config.sampling_rate,
    nFft: config.n_fft,
    hopSize: config.hop_size,
    winSize: config.win_size,
    numMels: config.num_mels,
    fmin: config.fmin,
    fmax: config.fmax,
  };
}

type Problem = string | false;

function throwFirst(where: string, problems: readonly Problem[]): void {
  const found = problems.filter((problem) => problem !== false);
  if (found.length > 0) throw new RangeError(`${where}: ${found.join('\n')}`);
}

function notWhole(name: string, value: number, least: number): Problem {
  return (
    !(Number.isSafeInteger(value) && value >= least) &&
    `${name}=${value} must be a whole number of at least ${least}, because it is a count; correct it`
  );
}

/** @throws RangeError that lists all that is wrong, TypeError where there are none */
export function checkFrameOptions(where: string, options: FrameOptions): void {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(
      `${where}: options=${options} must be { nFft, hopSize, winSize, … }, because they say what a frame is; melOptions(config) has those of a configuration`,
    );
  }
  const { nFft, hopSize, winSize } = options;
  throwFirst(where, [
    notWhole('nFft', nFft, 2),
    notWhole('hopSize', hopSize, 1),
    notWhole('winSize', winSize, 1),
    winSize > nFft &&
      `winSize=${winSize} must be at most nFft=${nFft}, because the window lies inside the frame; make nFft larger`,
    hopSize > nFft &&
      `hopSize=${hopSize} must be at most nFft=${nFft}, because the frames would leave gaps; make hopSize smaller`,
    (nFft - hopSize) % 2 !== 0 &&
      `nFft=${nFft} minus hopSize=${hopSize} must be even, because half of it is padded on each side; change one by 1`,
  ]);
}

/** @throws RangeError that lists all that is wrong */
export function checkFilterbankOptions(where: string, options: FilterbankOptions): void {
  const { samplingRate, nFft, numMels, fmin, fmax } = options;
  throwFirst(where, [
    !(Number.isFinite(samplingRate) && samplingRate > 0) &&
      `samplingRate=${samplingRate} must be above 0, because it is a rate in Hz; give that of the audio`,
    notWhole('nFft', nFft, 2),
    notWhole('numMels', numMels, 1),
    !(fmin >= 0 && fmin < (fmax ?? samplingRate / 2)) &&
      `fmin=${fmin} must be at least 0 and below fmax=${fmax ?? samplingRate / 2}, because the bands lie between them; swap or correct them`,
    fmax !== null &&
      !(fmax <= samplingRate / 2) &&
      `fmax=${fmax} must be at most half the samplingRate=${samplingRate}, because there is no sound above; use null for all of it`,
  ]);
}
