export { main } from './main.js';
export type { ActivateOptions } from './tensorflow-backend.js';
export { tensorflowBackend } from './tensorflow-backend.js';
