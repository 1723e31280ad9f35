export type { ActivateOptions, Backend } from './backends/backend.js';
export { type Host, main } from './main.js';
