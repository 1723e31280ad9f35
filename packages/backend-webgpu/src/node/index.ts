export type { DawnOptions } from './dawn.js';
export { findDawn, missingWebGpu, provideWebGpu, releaseWebGpu } from './dawn.js';
