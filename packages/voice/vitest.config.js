import { preset } from '@hifigan/vitest';

export default preset();
