import { open } from 'node:fs/promises';
import {
  readSafetensorsHeader,
  type SafetensorsHeader,
  safetensorsHeaderEnd,
} from '@hifigan/checkpoint';

/** What a large safetensors file says of itself; undefined where it is none. */
export async function readHeader(path: string): Promise<SafetensorsHeader | undefined> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const read = async (length: number) => {
      const { buffer } = await file.read(Buffer.alloc(length), 0, length, 0);
      return buffer;
    };
    if (size < 8) return undefined;
    const end = safetensorsHeaderEnd(await read(8));
    return end > size ? undefined : readSafetensorsHeader(await read(end));
  } finally {
    await file.close();
  }
}
