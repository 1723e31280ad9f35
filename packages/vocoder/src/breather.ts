/** Milliseconds after which others have waited long enough. */
const PATIENCE = 10;

/** What Node has, and pages do not. */
type HasImmediate = { readonly setImmediate?: (call: () => void) => unknown };

/**
 * For what computes for long: lets timers, events and messages in, whenever the last time is a moment ago. On backends
 * that compute at once, as those on the processor do, nothing else would, and who wants to abort would not be heard.
 */
export function breather(): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < PATIENCE) return;
    await task();
    last = performance.now();
  };
}

/** Waits for a task of the event loop: promises alone come before all of those. */
function task(): Promise<void> {
  const { setImmediate } = globalThis as HasImmediate;
  if (setImmediate) return new Promise((done) => void setImmediate(done));
  // Pages delay timers, those in the background by a second.
  return new Promise((done) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      done();
    };
    port2.postMessage(undefined);
  });
}
