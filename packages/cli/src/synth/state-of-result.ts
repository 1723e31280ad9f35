import { open, stat } from 'node:fs/promises';
import { flacEndsWhole, readAudioHeader } from '@hifigan/codecs';
import { readRange } from '../files/input-file.js';
import type { Job } from '../files/plan-outputs.js';

/**
 * What lies where a result goes: nothing; a recording that is whole by its own header and, of FLAC, its last frame;
 * one that is whole and older than its input; anything else, such as half a recording or a file of another program.
 */
export type ResultState = 'missing' | 'whole' | 'old' | 'broken';

/** A header needs far less. */
const HEAD_BYTES = 4096;
/** Holds the last frames. */
const TAIL_BYTES = 2 ** 17;

/** Looks at what lies where the result of a job goes. Nothing is changed. */
export async function stateOfResult({
  output,
  file,
}: Pick<Job, 'output' | 'file'>): Promise<ResultState> {
  const [result, input] = await Promise.all(
    [output, file.path].map((path) =>
      path === '-' ? undefined : stat(path).catch(() => undefined),
    ),
  );
  // Devices and pipes keep nothing that could be written over.
  if (!result?.isFile()) return 'missing';
  if (!(await isWhole(output, result.size))) return 'broken';
  // Of a pipe, the time is when it was written to.
  return input?.isFile() && input.mtimeMs > result.mtimeMs ? 'old' : 'whole';
}

async function isWhole(path: string, size: number): Promise<boolean> {
  const handle = await open(path, 'r').catch(() => undefined);
  try {
    const head = handle && (await readRange(handle, 0, HEAD_BYTES));
    const header = head && readAudioHeader(head, { fileBytes: size, where: path });
    if (!header || header.frames === 0) return false;
    // The headers of these two do not tell whether the rest is there.
    if (header.format === 'flac') {
      const tail = await readRange(handle, Math.max(0, size - TAIL_BYTES), size);
      return flacEndsWhole(tail, header.frames);
    }
    return header.format !== 'wav' || !isOfPipe(head);
  } catch {
    return false;
  } finally {
    await handle?.close();
  }
}

/** Written to a pipe, with a length that nobody knew: it looks the same where it was broken off. */
function isOfPipe(head: Uint8Array): boolean {
  return head.subarray(4, 8).every((byte) => byte === 0xff);
}
