import { fileURLToPath } from 'node:url';
import { preset } from '@hifigan/vitest';

// The suites of ops stand beside its code and know no backend of ours, which are built on it: here they run on those.
export default preset({
  dir: fileURLToPath(new URL('../../packages/ops/src', import.meta.url)),
  include: ['**/*.test.ts'],
  setupFiles: [fileURLToPath(new URL('src/set-up.ts', import.meta.url))],
});
