import { preset } from '@hifigan/vitest';

// Packing and two installations stand before the first test.
export default preset({ hookTimeout: 900_000, testTimeout: 300_000 });
