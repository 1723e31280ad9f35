export type { ByteSource } from './byte-source.js';
export { sourceOfBlob, sourceOfBytes } from './byte-source.js';
export { floatToHalf } from './half.js';
export type { ArrayInfo, DeferredArray, LazyArrays, StoredArray } from './lazy-arrays.js';
export { readArray } from './lazy-arrays.js';
export type { ArrayType, DataType, NamedArray, NamedArrays } from './named-array.js';
export { FormatError, sizeOf } from './named-array.js';
export type { NpyHeader } from './npy.js';
export { readNpy, readNpyHeader, writeNpy } from './npy.js';
export type { NpyColumns } from './npy-columns.js';
export { openNpy } from './npy-columns.js';
export { hasNpyNumbers, unreadableNpyWords } from './npy-types.js';
export type { NpzArrays, OpenNpzOptions, WriteNpzOptions } from './npz.js';
export { openNpz, openNpzArrays, readNpz, writeNpz } from './npz.js';
export type { FileKind, RecognizedFile } from './recognize-file.js';
export {
  PYTORCH_ADVICE,
  RECOGNIZED_BYTES,
  RECOGNIZED_TAIL_BYTES,
  recognizeFile,
} from './recognize-file.js';
export type { Safetensors, SafetensorsHeader } from './safetensors.js';
export {
  openSafetensors,
  readSafetensors,
  readSafetensorsHeader,
  safetensorsHeaderEnd,
} from './safetensors.js';
export { quotedName, shownName, shownText } from './shown-name.js';
export type { OpenTarOptions } from './tar/open-tar.js';
export { openTar } from './tar/open-tar.js';
export { namedArraysOf, withoutModulePrefix } from './torch/named-arrays-of.js';
export { openTorch, openTorchTree } from './torch/open-torch.js';
export { passedOverWords } from './torch/passed-over-words.js';
export type { TorchPath } from './torch/python-line.js';
export { pythonKey, pythonLoading, pythonSaving } from './torch/python-line.js';
export { readTorch } from './torch/read-torch.js';
export type { ReadTorchOptions } from './torch/torch-file.js';
export type { TorchScalar, TorchTree, TorchValue } from './torch/torch-value.js';
export { isArray, isNamedArray, OrderedDict } from './torch/torch-value.js';
export { unknownClasses } from './torch/unknown-classes.js';
export type { TorchFileLayout, WriteTorchOptions } from './torch/write-torch.js';
export { torchPieces, torchPiecesOf, writeTorch } from './torch/write-torch.js';
export type { WriteSafetensorsOptions } from './write-safetensors.js';
export { safetensorsPieces, writeSafetensors } from './write-safetensors.js';
export type { OpenZipOptions } from './zip/open-zip.js';
export { openZip } from './zip/open-zip.js';
