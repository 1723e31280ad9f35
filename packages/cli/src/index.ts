export type { ActivateOptions, Backend } from './backends/backend.js';
export { userFolder } from './context.js';
export type { Finding } from './doctor/finding.js';
export { freeSpace } from './doctor/free-space.js';
export { type Host, type HostVerb, main } from './main.js';
