import { preset } from '@hifigan/vitest';

// What takes too long for `npm test`: pnpm --filter @hifigan/checkpoint proof
export default preset({
  include: ['src/testing/proofs/**/*.proof.ts'],
  testTimeout: 12 * 3_600_000,
  reporters: ['default'],
});
