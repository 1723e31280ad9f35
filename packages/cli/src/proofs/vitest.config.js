import { preset } from '@hifigan/vitest';

// What takes too long for `npm test`: pnpm --filter @hifigan/cli proof
export default preset({
  include: ['src/proofs/**/*.proof.ts'],
  testTimeout: 12 * 3_600_000,
  reporters: ['default'],
});
