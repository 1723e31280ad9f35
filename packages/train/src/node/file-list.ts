import { readFile } from 'node:fs/promises';
import { withoutEnding } from './decode-recording.js';

/**
 * The clips of a file list as LJSpeech has it: one a line, `id|text|text` or just `id`; what follows the
 * first bar is not read. Empty lines are skipped; an ending such as `.wav` may be there or not.
 *
 * @param where what to call the list in errors
 * @throws RangeError where it names no clip
 */
export function parseFileList(text: string, where: string): string[] {
  const ids = text
    .split(/\r?\n/)
    .map((line) =>
      line
        .replace(/^\uFEFF/, '')
        .split('|')[0]
        .trim(),
    )
    .filter((id) => id !== '')
    .map(withoutEnding);
  if (ids.length === 0) {
    throw new RangeError(
      `${where}: names no recordings and must name at least one, because nothing can be learned from an empty list; write one a line: id|text`,
    );
  }
  return ids;
}

/**
 * The text of a file list.
 *
 * @throws where it is no file, or no text
 */
export async function readFileList(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    // The system's own error does not name it.
    if (error.code !== 'EISDIR') throw error;
    throw new Error(`${path}: is a folder, where ${A_LIST} is needed`, { cause: error });
  });
  if (text.includes('\0')) throw new Error(`${path}: is no text, where ${A_LIST} is needed`);
  return text;
}

const A_LIST = 'a list of recordings (one a line: id|text)';
