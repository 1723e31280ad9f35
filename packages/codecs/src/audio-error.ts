import { WavError } from '@hifigan/audio';

/** A file that is no recording, is damaged or cut off, or is of a kind that cannot be read. Nothing of it was used. */
export class AudioError extends Error {
  override readonly name = 'AudioError';
  /** What is wrong and what to do, without the file's name. */
  readonly problem: string;

  constructor(where: string, problem: string, options?: ErrorOptions) {
    super(`${where}: ${problem}`, options);
    this.problem = problem;
  }
}

/** A problem whose file is not known where it is found. */
export class Problem extends Error {}

export function fail(problem: string): never {
  throw new Problem(problem);
}

export const CONVERT = 'Convert it, for example with: ffmpeg -i IN -c:a pcm_s16le OUT.wav';
export const COPY_AGAIN = 'Copy it again';
export const CUT_OFF = `it is cut off in the middle of its last piece of sound. ${COPY_AGAIN}`;

/** Does the work and gives what goes wrong the file's name. */
export async function named<T>(where: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw withName(where, error);
  }
}

/** The same at once. */
export function namedNow<T>(where: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw withName(where, error);
  }
}

/** Gives a problem the file's name. */
export function withName(where: string, error: unknown): unknown {
  if (error instanceof Problem) return new AudioError(where, error.message);
  if (error instanceof WavError) return new AudioError(where, error.problem, { cause: error });
  return error;
}
