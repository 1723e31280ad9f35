import { preset } from '@hifigan/vitest';

// What takes too long for `npm test`: pnpm --filter @hifigan/models proof
export default preset({
  include: ['src/testing/proofs/**/*.proof.ts'],
  testTimeout: 3_600_000,
  reporters: ['default'],
});
