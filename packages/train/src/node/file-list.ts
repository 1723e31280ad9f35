import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { counted } from './counted.js';
import { withoutEnding } from './decode-recording.js';

/** What the lines of a file list name, as it is written there: up to the first bar, empty lines left out. */
export function listedNames(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) =>
      line
        .replace(/^\uFEFF/, '')
        .split('|')[0]
        .trim(),
    )
    .filter((name) => name !== '');
}

/**
 * The clips of a file list as LJSpeech has it: one a line, `id|text|text` or just `id`; what follows the
 * first bar is not read. Empty lines are skipped; an ending such as `.wav` may be there or not.
 *
 * @param where what to call the list in errors
 * @throws RangeError where it names no clip
 */
export function parseFileList(text: string, where: string): string[] {
  const ids = listedNames(text).map(withoutEnding);
  if (ids.length === 0) {
    throw new RangeError(
      `${where}: names no recordings and must name at least one, because nothing can be learned from an empty list; write one a line: id|text`,
    );
  }
  return ids;
}

/** Of clips in their order, such as `522 3f0a…`: how many, and SHA-256 of their names. */
export function clipsDigest(ids: readonly string[]): string {
  return `${ids.length} ${createHash('sha256').update(ids.join('\n')).digest('hex')}`;
}

/**
 * What is odd about two lists, for people: clips that stand twice, and clips that are learned from and measured with.
 */
export function listOddities(
  training: readonly string[],
  validation: readonly string[] = [],
): string[] {
  const once = new Set(training);
  const again = training.length - once.size;
  const shared = [...new Set(validation)].filter((id) => once.has(id));
  const names = `${shared.slice(0, 3).join(', ')}${shared.length > 3 ? ', …' : ''}`;
  return [
    ...(again > 0
      ? [`the training list names ${counted(again, 'clip')} again, which weigh more than others`]
      : []),
    ...(shared.length > 0
      ? [
          `what is measured says too much: the validation list has ${counted(shared.length, 'clip')} that the training list has, too (${names})`,
        ]
      : []),
  ];
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
