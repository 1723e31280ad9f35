import { fileURLToPath } from 'node:url';

// Modules of our own that `hifigan-gpu setup` builds beside the addon; it does without them.

/** Catches what is written to the standard error past JavaScript, and keeps signals from the library. */
export const PROCESS = 'process.node';
/** Adds ops to the native library. */
export const OWN_OPS = 'kernels.node';

/** The C++ source of each. */
export const NATIVE_SOURCES: Readonly<Record<typeof PROCESS | typeof OWN_OPS, string>> = {
  [PROCESS]: sourceAt('process.cc'),
  [OWN_OPS]: sourceAt('kernels.cc'),
};

function sourceAt(name: string): string {
  return fileURLToPath(new URL(`../../native/${name}`, import.meta.url));
}
