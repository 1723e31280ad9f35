import { preset } from '@hifigan/vitest';

// PyTorch on two cores takes its time.
export default preset({ include: ['*.test.ts'], testTimeout: 900_000 });
