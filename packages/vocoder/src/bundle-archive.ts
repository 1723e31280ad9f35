import {
  type ByteSource,
  openZip,
  RECOGNIZED_BYTES,
  RECOGNIZED_TAIL_BYTES,
  recognizeFile,
  sourceOfBlob,
  sourceOfBytes,
} from '@hifigan/checkpoint';
import { BundleError } from './bundle-error.js';
import { bundleFileNames } from './bundle-files.js';

/** The bytes of a zip archive of a bundle: its files at the root, or in one folder. */
export type BundleArchive = Uint8Array | ArrayBuffer | Blob;

/** The bytes of one file as a source; undefined of all else. */
export function archiveSource(value: object): ByteSource | undefined {
  if (ArrayBuffer.isView(value)) {
    return sourceOfBytes(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
  }
  // By its name, since one from another realm is no instance of ours.
  const kind = Object.prototype.toString.call(value).slice('[object '.length, -1);
  if (kind === 'ArrayBuffer') return sourceOfBytes(new Uint8Array(value as ArrayBuffer));
  if (kind === 'Blob' || kind === 'File') return sourceOfBlob(value as Blob);
  return undefined;
}

const NAMES = new Set<string>(Object.values(bundleFileNames));

/**
 * Reads a bundle's files from its zip archive, which is opened when the first is wanted.
 *
 * @throws when a file is read: BundleError where the bytes are no such archive, FormatError where it is damaged
 */
export function archiveReader(
  source: ByteSource,
): (name: string) => Promise<Uint8Array | undefined> {
  let opened: Promise<ReadonlyMap<string, ByteSource>> | undefined;
  return async (name) => {
    opened ??= openArchive(source);
    const file = (await opened).get(name);
    return file?.read(0, file.size);
  };
}

async function openArchive(source: ByteSource): Promise<ReadonlyMap<string, ByteSource>> {
  const { size } = source;
  const head = await source.read(0, Math.min(size, RECOGNIZED_BYTES));
  const found = recognizeFile(
    head,
    await source.read(Math.max(0, size - RECOGNIZED_TAIL_BYTES), size),
  );
  if (found?.kind !== 'zip') {
    throw new BundleError('bundle', [
      `${found ? `the bytes of ${found.description}` : 'the bytes of one file'} must be where a bundle lies, which is several files; hand in the bytes of a zip archive of its folder, the address of the folder, its files’ bytes by name, or what reads them: folderReader of @hifigan/vocoder/node`,
    ]);
  }
  const files = await openZip(source, 'bundle', {
    keep: (path) => !path.startsWith('__MACOSX/') && NAMES.has(nameIn(path)),
  });
  const folders = new Set([...files.keys()].map((path) => path.slice(0, -nameIn(path).length)));
  if (folders.size !== 1) {
    throw new BundleError('bundle', [
      `the zip archive must hold the files of one bundle, at its root or in one folder, because nothing tells which is meant, but holds ${folders.size === 0 ? 'none of them' : `them in ${folders.size} folders`}; pack the bundle’s folder alone`,
    ]);
  }
  return new Map([...files].map(([path, file]) => [nameIn(path), file]));
}

const nameIn = (path: string) => path.slice(path.lastIndexOf('/') + 1);
