export type { GeneratorGraphOptions } from './generator-graph.js';
export { generatorGraph } from './generator-graph.js';
export type {
  Add,
  Conv1d,
  ConvTranspose1d,
  GeneratorGraph,
  GraphNode,
  LeakyRelu,
  Normalise,
  Scale,
  Tanh,
} from './graph.js';
export type { RangeSource } from './metadata.js';
export { readOnnxConfig, readOnnxMetadata, readOnnxProfile } from './metadata.js';
export type { OnnxOptions } from './onnx.js';
export { OPSETS, onnxPieces, writeOnnx } from './onnx.js';
export { readOnnxPrecision } from './onnx-precision.js';
export type { SavedModelOptions } from './saved-model.js';
export { savedModelPieces, writeSavedModel } from './saved-model.js';
export type { ToHalf } from './weight-bytes.js';
