/** A file of which parts can be read: in memory, on a disk, behind a `Blob` of a page or a server that sends ranges. */
export interface ByteSource {
  /** Bytes of the whole file. */
  readonly size: number;
  /** Bytes `start` up to, not including, `end`; all of them, or it rejects. */
  read(start: number, end: number): Promise<Uint8Array>;
}

/** Bytes in memory as a source; what is read are views of them. */
export function sourceOfBytes(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.byteLength,
    read: async (start, end) => bytes.subarray(start, end),
  };
}

/** A file that was dropped into a page, or Node's `fs.openAsBlob(path)`. */
export function sourceOfBlob(blob: Blob): ByteSource {
  return {
    size: blob.size,
    read: async (start, end) => new Uint8Array(await blob.slice(start, end).arrayBuffer()),
  };
}
