export type { Backend } from './backends.js';
export { BACKENDS } from './backends.js';
export {
  onBackends,
  onBackendsAndPlain,
  onBackendsWithKernels,
  onQuickBackend,
} from './on-backends.js';
export { startThreadedWasm, type ThreadedWasm } from './threaded-wasm.js';
