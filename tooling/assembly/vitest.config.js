import { preset } from '@hifigan/vitest';

export default preset({ include: ['src/**/*.test.mjs'] });
