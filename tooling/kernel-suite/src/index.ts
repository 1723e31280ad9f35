export type { KernelSuiteOptions } from './kernel-suite.js';
export { kernelSuite } from './kernel-suite.js';
export type { RunKernelOptions } from './run-kernel.js';
export { runKernel } from './run-kernel.js';
export type { Bounds } from './suite.js';
export { random, type Values } from './values.js';
