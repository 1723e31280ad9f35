import { recognizeFile } from '@hifigan/checkpoint';
import { BundleError } from './bundle-error.js';

/** Bytes of a file of the bundle by its name, or undefined where it has none of that name. */
export type ReadBundleFile = (name: string) => Promise<Uint8Array | undefined>;

/**
 * Where a bundle lies: the address of its folder (or of its `bundle.json`), its bytes by name, or a function that reads
 * them, such as one over a folder of the disk.
 */
export type BundleSource =
  | string
  | URL
  | ReadBundleFile
  | ReadonlyMap<string, Uint8Array>
  | { readonly [name: `${string}.${string}`]: Uint8Array | undefined };

/** How {@link bundleReader} reads. */
export interface BundleReaderOptions {
  /** Instead of the global one. */
  readonly fetch?: typeof fetch;
}

/** A source as a function, and what to call it. @throws BundleError where an address is none */
export function bundleReader(
  source: BundleSource,
  { fetch: ask = globalThis.fetch }: BundleReaderOptions = {},
): { readonly read: ReadBundleFile; readonly where?: string } {
  if (typeof source === 'function') return { read: source };
  if (typeof source === 'string' || source instanceof URL) {
    const folder = folderUrl(source);
    return { read: (name) => fetchFile(new URL(name, folder), ask), where: folder.href };
  }
  if (source instanceof Map) return { read: async (name) => source.get(name) };
  if (typeof source !== 'object' || source === null || 'byteLength' in source) {
    const given =
      typeof source === 'object' && source !== null ? 'the bytes of one file' : String(source);
    throw new BundleError('bundle', [
      `${given} must be where a bundle lies, which is several files; hand in the address of their folder, their bytes by name, or a function that reads them`,
    ]);
  }
  const bytes = source as Readonly<Record<string, Uint8Array | undefined>>;
  return { read: async (name) => (Object.hasOwn(bytes, name) ? bytes[name] : undefined) };
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
    url.pathname = url.pathname.replace(/\/[^/]+\.json$/, '/').replace(/\/?$/, '/');
    return url;
  } catch (cause) {
    throw new BundleError(
      String(source),
      [
        'must be an address (https://…), because no page says where relative ones begin; of files on a disk, hand in a function that reads them',
      ],
      { cause },
    );
  }
}

async function fetchFile(url: URL, ask: typeof fetch): Promise<Uint8Array | undefined> {
  let response: Response;
  try {
    response = await ask(url);
  } catch (cause) {
    const { message } = cause as Error;
    if (url.protocol === 'file:') {
      throw new BundleError(
        url.href,
        [
          'must be an address of the web, because fetch reads no files of a disk; hand in a function that does: (name) => readFile(new URL(name, folder))',
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
