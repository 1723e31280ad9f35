/** Who is to be told, by signal; a signal that nobody waits for is not in it. */
const calls = new WeakMap<
  AbortSignal,
  { readonly told: Set<() => void>; readonly tell: () => void }
>();

/**
 * Has somebody told when a signal is aborted, once. However many there are, a signal has one listener of ours: a
 * server's may be that of hundreds of requests, and Node takes more than ten listeners for a leak.
 *
 * @param call must not throw; not called where the signal is aborted already
 * @returns to be called by who need not be told any more
 */
export function onAbort(signal: AbortSignal | undefined, call: () => void): () => void {
  if (!signal || signal.aborted) return () => {};
  const { told, tell } = calls.get(signal) ?? begin(signal);
  // A function of its own, as one may be given twice.
  const own = () => call();
  told.add(own);
  return () => {
    if (told.delete(own) && told.size === 0) {
      signal.removeEventListener('abort', tell);
      calls.delete(signal);
    }
  };
}

function begin(signal: AbortSignal) {
  const told = new Set<() => void>();
  const tell = () => {
    calls.delete(signal);
    for (const call of [...told]) {
      // Who was told before may have had others forget.
      if (told.delete(call)) call();
    }
  };
  const entry = { told, tell };
  calls.set(signal, entry);
  signal.addEventListener('abort', tell, { once: true });
  return entry;
}
