import { preset, threadsFromSources } from '@hifigan/vitest';

export default preset({ execArgv: threadsFromSources });
