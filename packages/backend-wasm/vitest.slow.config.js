import { preset } from '@hifigan/vitest';

// What takes gigabytes or minutes, and is no part of `npm test`.
export default preset({ include: ['src/**/*.slow.test.ts'], reporters: ['default'] });
