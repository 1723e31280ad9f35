/** Files by name, wherever they are: a folder on a disk, or what was dropped into a page. */
export interface ForeignFiles {
  /** Without folders. */
  readonly names: readonly string[];
  /** All bytes of one of them. */
  read(name: string): Promise<Uint8Array>;
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
  return {
    names: files.map(({ name }) => name),
    async read(name) {
      const file = files.find((one) => one.name === name);
      return new Uint8Array((await file?.arrayBuffer()) ?? new ArrayBuffer(0));
    },
  };
}
