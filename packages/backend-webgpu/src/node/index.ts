export type { DawnOptions } from './dawn.js';
export { findDawn, missingWebGpu, provideWebGpu, releaseWebGpu } from './dawn.js';
export { missingAdapter } from './missing-adapter.js';
