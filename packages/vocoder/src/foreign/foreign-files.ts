import { type ByteSource, sourceOfBlob, sourceOfBytes } from '@hifigan/checkpoint';

/** Files by name, wherever they are: a folder on a disk, or what was dropped into a page. */
export interface ForeignFiles {
  /** Without folders. */
  readonly names: readonly string[];
  /** All bytes of one of them. */
  read(name: string): Promise<Uint8Array>;
  /** One of them to be read in parts: of large files only what is needed; where left out, all is read. */
  open?(name: string): Promise<ByteSource>;
}

/** One of the files, in parts where it can be. */
export async function openFile(files: ForeignFiles, name: string): Promise<ByteSource> {
  return files.open ? files.open(name) : sourceOfBytes(await files.read(name));
}

/** Files that are in memory. */
export function filesInMemory(files: Readonly<Record<string, Uint8Array | string>>): ForeignFiles {
  return {
    names: Object.keys(files),
    async read(name) {
      const content = files[name];
      return typeof content === 'string' ? new TextEncoder().encode(content) : content;
    },
  };
}

/** Files that were dropped into a page or chosen there. */
export function filesOfBlobs(files: readonly (Blob & { readonly name: string })[]): ForeignFiles {
  const named = (name: string) => files.find((one) => one.name === name) ?? new Blob([]);
  return {
    names: files.map(({ name }) => name),
    read: async (name) => new Uint8Array(await named(name).arrayBuffer()),
    open: async (name) => sourceOfBlob(named(name)),
  };
}
