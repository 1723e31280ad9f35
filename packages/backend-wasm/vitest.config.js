import { preset } from '@hifigan/vitest';

const SLOW = 'src/**/*.slow.test.ts';

/** What takes gigabytes is no part of `npm test`, and has a mode of its own. */
export default ({ mode }) =>
  mode === 'slow'
    ? preset({ include: [SLOW], reporters: ['default'] })
    : preset({ exclude: ['**/node_modules/**', SLOW] });
