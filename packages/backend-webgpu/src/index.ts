export { describeAdapter, findAdapter, isSoftwareAdapter } from './adapter.js';
export { BACKEND_NAME, WebGpuLostError } from './backend.js';
export type { WebGpuBackendDescription, WebGpuBackendOptions } from './register.js';
export { registerWebGpuBackend } from './register.js';
