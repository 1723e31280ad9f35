import { open, stat } from 'node:fs/promises';
import { readAudioHeader } from '@hifigan/codecs';
import { readRange } from '../files/input-file.js';
import type { Job } from '../files/plan-outputs.js';

/** A header needs far less. */
const HEAD_BYTES = 4096;

/** Why a result that is there must be made anew; nothing where it is whole and newer than its input. */
export async function whyAnew({
  output,
  file,
}: Pick<Job, 'output' | 'file'>): Promise<string | undefined> {
  const [result, input] = await Promise.all(
    [output, file.path].map((path) => stat(path).catch(() => undefined)),
  );
  if (!result?.isFile()) return 'is not there';
  if (input && input.mtimeMs > result.mtimeMs) return 'is older than its input';
  const handle = await open(output, 'r').catch(() => undefined);
  try {
    const head = handle && (await readRange(handle, 0, HEAD_BYTES));
    const header = head && readAudioHeader(head, { fileBytes: result.size, where: output });
    return header && header.frames > 0 ? undefined : 'is not whole';
  } catch {
    return 'is not whole';
  } finally {
    await handle?.close();
  }
}
