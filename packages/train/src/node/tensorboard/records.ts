import { maskedCrc32c } from './crc32c.js';

const HEAD = 12;
const TAIL = 4;
/** What is claimed to be longer is damaged: nobody logs that much at once. */
const LONGEST = 2 ** 30;

/** One record of a TFRecord file: length (64 bits), its checksum, the bytes, theirs; all little endian. */
export function frameRecord(bytes: Uint8Array): Uint8Array {
  const framed = Buffer.alloc(HEAD + bytes.length + TAIL);
  framed.writeBigUInt64LE(BigInt(bytes.length), 0);
  framed.writeUInt32LE(maskedCrc32c(framed.subarray(0, 8)), 8);
  framed.set(bytes, HEAD);
  framed.writeUInt32LE(maskedCrc32c(bytes), HEAD + bytes.length);
  return framed;
}

/** The bytes of a record, and where in the stream they begin. */
export interface UnframedRecord {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/**
 * Takes a stream of bytes apart into records, up to the first that is damaged or cut off, as after a kill.
 *
 * @param onTorn called where the stream does not end with a whole record
 */
export async function* unframeRecords(
  chunks: AsyncIterable<Uint8Array>,
  onTorn: () => void = () => undefined,
): AsyncGenerator<UnframedRecord> {
  let offset = 0;
  let held: Buffer[] = [];
  let size = 0;
  let wanted = HEAD;
  for await (const chunk of chunks) {
    held.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    size += chunk.length;
    if (size < wanted) continue;
    // Only now, so that a record of many chunks is not copied once for each.
    let bytes = held.length === 1 ? held[0] : Buffer.concat(held);
    wanted = HEAD;
    while (bytes.length >= HEAD) {
      const length = Number(bytes.readBigUInt64LE(0));
      if (bytes.readUInt32LE(8) !== maskedCrc32c(bytes.subarray(0, 8)) || length > LONGEST) {
        return onTorn();
      }
      wanted = HEAD + length + TAIL;
      if (bytes.length < wanted) break;
      const record = bytes.subarray(HEAD, HEAD + length);
      if (bytes.readUInt32LE(HEAD + length) !== maskedCrc32c(record)) return onTorn();
      yield { offset: offset + HEAD, bytes: record };
      offset += wanted;
      bytes = bytes.subarray(wanted);
      wanted = HEAD;
    }
    held = [bytes];
    size = bytes.length;
  }
  if (size > 0) onTorn();
}
