// npm run generate: compiles assembly/ into src/generated/, a module for each build.
import { generate } from '@hifigan/assembly';

/** Above the control block and the jobs, see src/control-block.ts. */
const CONSTANTS_START = '8192';

const PLAIN = ['--importMemory', '--memoryBase', CONSTANTS_START];
const RELAXED = [...PLAIN, '--enable', 'relaxed-simd'];
const THREADS = ['--enable', 'threads', '--sharedMemory', '--maximumMemory', '65536'];

/** By the names of src/probe.ts. */
await generate(
  new URL('..', import.meta.url),
  {
    simd: PLAIN,
    relaxed: RELAXED,
    'simd-threads': [...PLAIN, ...THREADS],
    'relaxed-threads': [...RELAXED, ...THREADS],
  },
  { form: 'deflated' },
);
