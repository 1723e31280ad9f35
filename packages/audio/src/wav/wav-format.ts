/** How samples are stored: whole numbers or floating point, and their bits. */
export type WavFormat = 'pcm8' | 'pcm16' | 'pcm24' | 'pcm32' | 'float32' | 'float64';

export const wavFormats: readonly WavFormat[] = [
  'pcm8',
  'pcm16',
  'pcm24',
  'pcm32',
  'float32',
  'float64',
];

/** Bytes of one sample. */
export function bytesPerSample(format: WavFormat): number {
  return Number(format.replace(/\D/g, '')) / 8;
}

/** Audio in memory: one array a channel, all of one length, samples in [−1, 1]. */
export interface Audio {
  /** Hz. */
  readonly samplingRate: number;
  readonly channels: readonly Float32Array[];
}

/** A recording as it was read. */
export interface WavAudio extends Audio {
  readonly channels: Float32Array[];
  /** How the file stores its samples. */
  readonly format: WavFormat;
}

/**
 * A file that is no WAV file, is damaged or cut off, or holds what this reader does not know. Nothing of it was used.
 */
export class WavError extends Error {
  override readonly name = 'WavError';
  /** What is wrong and what to do, for people: without the file's name, and without what programmers may do. */
  readonly problem: string;

  /** @param advice what a programmer may do, follows the problem in the message */
  constructor(where: string, problem: string, advice = '') {
    super(`${where}: ${problem}${advice}`);
    this.problem = problem;
  }
}

// Format tags of https://learn.microsoft.com/windows/win32/api/mmreg/ns-mmreg-waveformatex
export const TAG_PCM = 1;
export const TAG_FLOAT = 3;
export const TAG_EXTENSIBLE = 0xfffe;

/** The 14 bytes that follow the tag in the sub-format of an extensible header, the same for all tags. */
export const SUBFORMAT_TAIL: readonly number[] = [
  0x00, 0x00, 0x00, 0x00, 0x10, 0x00, 0x80, 0x00, 0x00, 0xaa, 0x00, 0x38, 0x9b, 0x71,
];
