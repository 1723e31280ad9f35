export { FileLock, LockHeldError, writeFileAtomically } from '@hifigan/train/node';
export type { ActivateOptions, Backend } from './backends/backend.js';
export { userFolder } from './context.js';
export { type Host, main } from './main.js';
