/**
 * Thrown by a backend whose memory is used up; whatever it was about to compute is not there, all else is as it was.
 */
export class OutOfMemoryError extends Error {
  override readonly name = 'OutOfMemoryError';
}

/** Whether memory was what an operation lacked, on any backend as far as it can be told. */
export function isOutOfMemory(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  // By name: there may be two copies of this package in a process.
  if (error.name === 'OutOfMemoryError') return true;
  // V8's, for arrays of tfjs's plain kernels; and the native library's.
  return /Array buffer allocation failed|OOM when allocating/.test(error.message);
}
