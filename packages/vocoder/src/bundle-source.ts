import { recognizeFile } from '@hifigan/checkpoint';
import { archiveReader, archiveSource, type BundleArchive } from './bundle-archive.js';
import { BundleError } from './bundle-error.js';
import { untilAborted } from './until-aborted.js';

/**
 * Bytes of a file of the bundle by its name, or undefined where it has none of that name.
 *
 * @param options `signal` ends the reading; a reader that cannot be ended may leave it alone: who waits is told anyway
 */
export type ReadBundleFile = (
  name: string,
  options?: { readonly signal?: AbortSignal },
) => Promise<Uint8Array | undefined>;

/** A bundle that can be read, wherever it lies; `folderReader` of `@hifigan/vocoder/node` makes one of a folder. */
export interface BundleReader {
  readonly read: ReadBundleFile;
  /** What to call its folder in errors. */
  readonly where?: string;
}

/**
 * Where a bundle lies: the address of its folder (or of its `bundle.json`), what reads it (a folder of the disk, the
 * packaged voice), its bytes by name, a zip archive of it, or a function that reads its files.
 */
export type BundleSource =
  | string
  | URL
  | BundleReader
  | ReadBundleFile
  | BundleArchive
  | ReadonlyMap<string, Uint8Array>
  | { readonly [name: `${string}.${string}`]: Uint8Array | undefined };

/** How {@link bundleReader} reads. */
export interface BundleReaderOptions {
  /** Instead of the global one. */
  readonly fetch?: typeof fetch;
  /** Ends the reading, of the golden output too; what waits is rejected with its reason, whatever the reader does then. */
  readonly signal?: AbortSignal;
}

/** A source as a reader whose files are bytes. @throws BundleError where an address is none, and where a file is no bytes */
export function bundleReader(
  source: BundleSource,
  { fetch: ask = globalThis.fetch, signal }: BundleReaderOptions = {},
): BundleReader {
  const reader = readerOf(source, (url) => fetchFile(url, ask, signal));
  const { where } = reader;
  return {
    async read(name) {
      signal?.throwIfAborted();
      // By the reader itself: of a class, it reads from `this`.
      return checkBytes(await untilAborted(reader.read(name, { signal }), signal), name, where);
    },
    ...(where !== undefined && { where }),
  };
}

function readerOf(
  source: BundleSource,
  fetched: (url: URL) => Promise<Uint8Array | undefined>,
): BundleReader {
  if (typeof source === 'function') return { read: source };
  if (typeof source === 'string' || source instanceof URL) {
    const folder = folderUrl(source);
    return { read: (name) => fetched(new URL(name, folder)), where: folder.href };
  }
  if (source instanceof Map) return { read: async (name) => source.get(name) };
  if (typeof source !== 'object' || source === null) {
    throw new BundleError('bundle', [
      `${String(source)} must be where a bundle lies, which is several files; hand in the address of their folder, their bytes by name, a zip archive of them, or what reads them: folderReader of @hifigan/vocoder/node, or voice of @hifigan/voice`,
    ]);
  }
  const archive = archiveSource(source);
  if (archive) return { read: archiveReader(archive) };
  if ('read' in source && typeof source.read === 'function') return source as BundleReader;
  const bytes = source as Readonly<Record<string, Uint8Array | undefined>>;
  return { read: async (name) => (Object.hasOwn(bytes, name) ? bytes[name] : undefined) };
}

/** Types do not let others through; who writes JavaScript is told. */
function checkBytes(bytes: unknown, name: string, where = 'bundle'): Uint8Array | undefined {
  if (bytes === undefined || bytes === null) return undefined;
  // By its name, since one from another realm is no instance of ours.
  const kind = Object.prototype.toString.call(bytes).slice('[object '.length, -1);
  if (kind === 'Uint8Array') return bytes as Uint8Array;
  const buffer = kind === 'ArrayBuffer' ? '; wrap it: new Uint8Array(buffer)' : '';
  throw new BundleError(where, [
    `${name} is ${kind === 'ArrayBuffer' ? 'an ArrayBuffer' : `of the kind ${kind}`} and must be a Uint8Array, because files are read as bytes${buffer}`,
  ]);
}

/**
 * Reads a bundle out of a folder that was dropped into a page or picked there (File System Access API).
 *
 * @param folder its handle
 */
export function directoryReader(
  folder: Pick<FileSystemDirectoryHandle, 'getFileHandle'>,
): ReadBundleFile {
  return async (name) => {
    try {
      const file = await (await folder.getFileHandle(name)).getFile();
      return new Uint8Array(await file.arrayBuffer());
    } catch (error) {
      if (error instanceof Error && error.name === 'NotFoundError') return undefined;
      throw error;
    }
  };
}

function folderUrl(source: string | URL): URL {
  try {
    const url = new URL(source, globalThis.location?.href);
    // A drive of Windows, which no page is served by.
    if (/^[a-z]:$/i.test(url.protocol)) throw new TypeError('a path');
    url.pathname = url.pathname.replace(/\/[^/]+\.json$/, '/').replace(/\/?$/, '/');
    return url;
  } catch (cause) {
    throw new BundleError(
      String(source),
      [
        'must be an address (https://…), because no page says where relative ones begin; of a folder on a disk: folderReader(path) of @hifigan/vocoder/node',
      ],
      { cause },
    );
  }
}

async function fetchFile(
  url: URL,
  ask: typeof fetch,
  signal: AbortSignal | undefined,
): Promise<Uint8Array | undefined> {
  let response: Response;
  try {
    response = await ask(url, { signal });
  } catch (cause) {
    // What was not fetched because of it is told as that.
    signal?.throwIfAborted();
    const { message } = cause as Error;
    if (url.protocol === 'file:') {
      throw new BundleError(
        url.href,
        [
          'must be an address of the web, because fetch reads no files of a disk; hand in folderReader(path) of @hifigan/vocoder/node, which takes such addresses',
        ],
        { cause },
      );
    }
    throw new BundleError(
      url.href,
      [
        `cannot be fetched: ${message}; check address and network, and whether its server lets other pages read it (CORS)`,
      ],
      { cause },
    );
  }
  if (response.status === 404 || response.status === 410) return undefined;
  if (!response.ok) {
    throw new BundleError(url.href, [
      `cannot be fetched: the server answers ${response.status} ${response.statusText}`.trimEnd() +
        '; check the address, or try again later',
    ]);
  }
  const bytes = new Uint8Array(await response.arrayBuffer());
  // Servers of single-page applications answer so where a file is missing.
  return recognizeFile(bytes)?.kind === 'web page' ? undefined : bytes;
}
