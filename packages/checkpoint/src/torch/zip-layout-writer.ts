import type { NamedArray } from '../named-array.js';
import { ZipWriter } from '../zip/write-zip.js';
import type { TorchLayoutWriter } from './torch-layout-writer.js';
import { storedBytes } from './tree-pickle.js';

/** What PyTorch's own files are aligned to. */
const ALIGNMENT = 64;

/** The layout since PyTorch 1.6, which 1.5 reads as well. */
export class ZipLayoutWriter implements TorchLayoutWriter {
  private readonly zip = new ZipWriter({ align: ALIGNMENT });

  *begin(pickle: Uint8Array): Generator<Uint8Array> {
    yield* this.add('data.pkl', pickle);
    yield* this.add('byteorder', new TextEncoder().encode('little'));
  }

  storage(key: string, array: NamedArray): Iterable<Uint8Array> {
    return this.add(`data/${key}`, storedBytes(array));
  }

  *end(): Generator<Uint8Array> {
    yield* this.add('version', new TextEncoder().encode('3\n'));
    yield* this.zip.finish();
  }

  private add(name: string, bytes: Uint8Array): Iterable<Uint8Array> {
    return this.zip.add({ name: `archive/${name}`, bytes });
  }
}
