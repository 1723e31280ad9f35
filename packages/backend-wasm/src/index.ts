export { BACKEND_NAME, type WasmMemoryInfo } from './backend.js';
export type { BuildName } from './probe.js';
export type { WasmBackendDescription, WasmBackendOptions } from './register.js';
export { registerWasmBackend } from './register.js';
export {
  type ChooseWay,
  type ConvolutionQuestion,
  type ConvolutionWay,
  decidingSteps,
  layerKey,
  passesOf,
  possibleWays,
} from './scheme-table.js';
