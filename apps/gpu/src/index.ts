export { main } from './main.js';
export { tensorflowBackend } from './tensorflow-backend.js';
