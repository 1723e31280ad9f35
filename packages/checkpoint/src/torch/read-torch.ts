import type { NamedArray } from '../named-array.js';
import { readFromBytes } from '../reading.js';
import type { PickledTensor } from './pickled.js';
import { type ReadTorchOptions, readTorchFile } from './torch-file.js';
import type { TorchValue } from './torch-value.js';

/**
 * Reads what `torch.save` wrote, of any PyTorch since 1.0: the zip layout and the legacy layout. Nothing in the file is
 * executed: classes and functions are names, of which an allow list says what they stand for. Tensors come as copies,
 * row-major; float16 and bfloat16 are widened to float32, bool is uint8, small integers are int32.
 *
 * What reading takes beyond the file itself is 64 MiB and eight times the file's size at most.
 *
 * @param bytes the whole file
 * @param where what to call it in errors (a path or URL)
 * @throws FormatError where the bytes are no such file, are damaged or cut off, or hold what is no data
 */
export function readTorch(
  bytes: Uint8Array,
  where = 'torch',
  options: ReadTorchOptions = {},
): TorchValue {
  const run = readTorchFile(bytes.byteLength, where, { ...options, inParts: false });
  const { tree, readTensor } = readFromBytes(run, bytes, where);
  const tensor = (tensor: PickledTensor) => readFromBytes(readTensor(tensor), bytes, where);
  return tree<NamedArray>({ tensor, array: (array) => array });
}
