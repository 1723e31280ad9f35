import { preset } from '@hifigan/vitest';

// Plain JavaScript throughout: it runs before anything is installed.
export default preset({ include: ['src/**/*.test.mjs'] });
