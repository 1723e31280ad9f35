import { onAbort } from './on-abort.js';

/**
 * What some work comes to; the signal's reason as soon as it is aborted, whatever the work does then.
 *
 * @param work may be a plain value, as a function of plain JavaScript may return one
 */
export async function untilAborted<T>(
  work: T | PromiseLike<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  if (!signal) return work;
  const value = await new Promise<T>((resolve, reject) => {
    const abort = () => reject(signal.reason);
    const forget = onAbort(signal, abort);
    Promise.resolve(work).then(resolve, reject).finally(forget);
    // Where the work itself had it aborted before it returned.
    if (signal.aborted) abort();
  });
  // Where it had it aborted later.
  signal.throwIfAborted();
  return value;
}
