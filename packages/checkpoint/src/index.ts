export { floatToHalf } from './half.js';
export type { DataType, NamedArray, NamedArrays } from './named-array.js';
export { FormatError, sizeOf } from './named-array.js';
export type { NpyHeader } from './npy.js';
export { readNpy, readNpyHeader, writeNpy } from './npy.js';
export type { FileKind, RecognizedFile } from './recognize-file.js';
export {
  PYTORCH_ADVICE,
  RECOGNIZED_BYTES,
  RECOGNIZED_TAIL_BYTES,
  recognizeFile,
} from './recognize-file.js';
export type { Safetensors, SafetensorsHeader, WriteSafetensorsOptions } from './safetensors.js';
export {
  readSafetensors,
  readSafetensorsHeader,
  safetensorsHeaderEnd,
  writeSafetensors,
} from './safetensors.js';
