import { preset } from '@hifigan/vitest';

// The slow have a configuration of their own.
export default preset({ exclude: ['**/node_modules/**', 'src/**/*.slow.test.ts'] });
