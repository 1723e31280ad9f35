/** Lets signals and timers in, which a native computation blocks. */
export function breathe(): Promise<void> {
  return new Promise((done) => setImmediate(done));
}
