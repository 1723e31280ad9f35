// Eight tables, so that eight bytes are taken at once; the polynomial is that of zip, PNG and Ethernet.
const TABLES = makeTables();

function makeTables(): Uint32Array[] {
  const first = Uint32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    return crc;
  });
  const tables = [first];
  for (let k = 1; k < 8; k++) {
    tables.push(tables[k - 1].map((crc) => (crc >>> 8) ^ first[crc & 255]));
  }
  return tables;
}

/** CRC-32 of bytes. @param crc that of the bytes before, where there are any */
export function crc32(bytes: Uint8Array, crc = 0): number {
  const [t0, t1, t2, t3, t4, t5, t6, t7] = TABLES;
  let state = ~crc;
  let at = 0;
  for (const end = bytes.length - 7; at < end; at += 8) {
    state ^= bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
    state =
      t7[state & 255] ^
      t6[(state >>> 8) & 255] ^
      t5[(state >>> 16) & 255] ^
      t4[state >>> 24] ^
      t3[bytes[at + 4]] ^
      t2[bytes[at + 5]] ^
      t1[bytes[at + 6]] ^
      t0[bytes[at + 7]];
  }
  for (; at < bytes.length; at++) state = t0[(state ^ bytes[at]) & 255] ^ (state >>> 8);
  return ~state >>> 0;
}
