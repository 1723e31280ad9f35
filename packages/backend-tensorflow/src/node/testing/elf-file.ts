/** A file of so many bytes whose headers say that it has them: one segment, and the sections' table at the end. */
export function elfFile(size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  const [programs, sectionSize, sections] = [64, 64, size - 3 * 64];
  view.setBigUint64(32, BigInt(programs), true);
  view.setBigUint64(40, BigInt(sections), true);
  for (const [at, value] of [
    [54, 56],
    [56, 1],
    [58, sectionSize],
    [60, 3],
  ]) {
    view.setUint16(at, value, true);
  }
  // From byte 1000 to byte 2000.
  view.setBigUint64(programs + 8, 1000n, true);
  view.setBigUint64(programs + 32, 1000n, true);
  return bytes;
}
