import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** Bytes of the header of a 64-bit ELF file. */
const HEADER = 64;
/** 0x7f ELF, 64 bits, little-endian: what all machines have that TensorFlow is made for. */
const MAGIC = [0x7f, 0x45, 0x4c, 0x46, 2, 1];

/**
 * Why a native library of Linux cannot be loaded, as far as its headers tell; nothing where it may be whole. To be
 * asked before, since the system ends the process (SIGBUS) that loads a file which is cut off.
 *
 * Layout: System V ABI, chapter 4 (ELF header, program headers).
 */
export function damageOf(path: string): string | undefined {
  if (process.platform !== 'linux') return undefined;
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? `${path} is missing` : `${path} cannot be read: ${message}`;
  }
  try {
    const { size } = fstatSync(file);
    const wanted = wholeSize(file);
    if (wanted === undefined) return `${path} is no native library`;
    return size < wanted
      ? `${path} is cut off: it has ${size} bytes and must have ${wanted}`
      : undefined;
  } catch (error) {
    return `${path} cannot be read: ${(error as Error).message}`;
  } finally {
    closeSync(file);
  }
}

/** The bytes that the headers speak of; undefined where it is another kind of file. */
function wholeSize(file: number): number | undefined {
  const header = bytesAt(file, 0, HEADER);
  if (header.byteLength < MAGIC.length) return undefined;
  if (MAGIC.some((byte, at) => header.getUint8(at) !== byte)) return undefined;
  if (header.byteLength < HEADER) return HEADER;
  const [programs, sections] = [offsetAt(header, 32), offsetAt(header, 40)];
  const [programSize, programCount] = [header.getUint16(54, true), header.getUint16(56, true)];
  const [sectionSize, sectionCount] = [header.getUint16(58, true), header.getUint16(60, true)];
  const programsEnd = programs + programSize * programCount;
  const ends = [HEADER, programsEnd, sections + sectionSize * sectionCount];
  const table = bytesAt(file, programs, programsEnd - programs);
  for (let at = 0; at + 40 <= table.byteLength; at += programSize) {
    ends.push(offsetAt(table, at + 8) + offsetAt(table, at + 32));
  }
  return Math.max(...ends);
}

function offsetAt(view: DataView, at: number): number {
  return Number(view.getBigUint64(at, true));
}

/** What is there of so many bytes. */
function bytesAt(file: number, from: number, count: number): DataView {
  const bytes = new Uint8Array(count);
  const read = readSync(file, bytes, 0, count, from);
  return new DataView(bytes.buffer, 0, read);
}
