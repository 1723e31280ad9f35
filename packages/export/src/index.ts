export { generatorGraph } from './generator-graph.js';
export type {
  Add,
  Conv1d,
  ConvTranspose1d,
  GeneratorGraph,
  GraphNode,
  LeakyRelu,
  Scale,
  Tanh,
} from './graph.js';
export { readOnnxConfig, readOnnxMetadata } from './metadata.js';
export type { OnnxOptions } from './onnx.js';
export { OPSETS, writeOnnx } from './onnx.js';
export type { SavedModelOptions } from './saved-model.js';
export { writeSavedModel } from './saved-model.js';
export type { ToHalf } from './weight-bytes.js';
