import { fileURLToPath } from 'node:url';

// Modules of our own that `hifigan-gpu setup` builds beside the addon; it does without them.

/** Catches what is written to the standard error past JavaScript, and keeps signals from the library. */
export const PROCESS = 'process.node';
/** Adds ops to the native library. */
export const OWN_OPS = 'kernels.node';

/** Of TensorFlow, in its folder: what the addon is linked with. */
export const LIBRARIES = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'] as const;

/** What each is built of: C++ to compile, and the headers that it includes. */
export const NATIVE_SOURCES: Readonly<Record<typeof PROCESS | typeof OWN_OPS, readonly string[]>> =
  {
    [PROCESS]: ['process.cc'].map(sourceAt),
    [OWN_OPS]: [
      ...['kernels.cc', 'op-call.h', 'pointwise.h', 'convolution-ops.h', 'convolution.h'],
      ...['filter-gradient.h', 'grouped-convolution.h'],
    ].map(sourceAt),
  };

function sourceAt(name: string): string {
  return fileURLToPath(new URL(`../../native/${name}`, import.meta.url));
}
