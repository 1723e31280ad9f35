import type { NamedArray } from '../named-array.js';
import { LEGACY_MAGIC, LEGACY_PROTOCOL } from './legacy-layout.js';
import { PickleWriter } from './pickle-writer.js';
import type { TorchLayoutWriter } from './torch-layout-writer.js';
import { storedBytes } from './tree-pickle.js';

/** The layout before PyTorch 1.6, as `_legacy_save` of torch/serialization.py writes it. */
export class LegacyWriter implements TorchLayoutWriter {
  *begin(pickle: Uint8Array, keys: readonly string[]): Generator<Uint8Array> {
    yield pickled((writer) => writer.scalar(LEGACY_MAGIC));
    yield pickled((writer) => writer.scalar(LEGACY_PROTOCOL));
    yield pickled(system);
    yield pickle;
    yield pickled((writer) => {
      writer.list();
      writer.mark();
      for (const key of keys) writer.scalar(key);
      writer.appends();
    });
  }

  *storage(_: string, array: NamedArray): Generator<Uint8Array> {
    const bytes = storedBytes(array);
    const count = new Uint8Array(8);
    new DataView(count.buffer).setBigInt64(0, BigInt(array.data.length), true);
    yield count;
    yield bytes;
  }

  *end(): Generator<Uint8Array> {}
}

/** What PyTorch says of the machine that wrote it, and does not read. */
function system(writer: PickleWriter): void {
  const pairs = (entries: Readonly<Record<string, number | boolean>>) => {
    for (const entry of Object.entries(entries)) for (const item of entry) writer.scalar(item);
  };
  writer.dict();
  writer.mark();
  pairs({ protocol_version: LEGACY_PROTOCOL, little_endian: true });
  writer.scalar('type_sizes');
  writer.dict();
  writer.mark();
  pairs({ short: 2, int: 4, long: 4 });
  writer.setItems();
  writer.setItems();
}

function pickled(write: (writer: PickleWriter) => void): Uint8Array {
  const writer = new PickleWriter();
  write(writer);
  return writer.finish();
}
