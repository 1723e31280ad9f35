import { type FoundFile, isRecording } from '../files/find-files.js';

/**
 * The id of a recording in file lists: its path below the folder without extension, folders joined by `_`
 * (names must be unique in one folder of mels), and nothing that would break a line of `id|text|text`.
 */
export function identify(relative: string, taken: ReadonlySet<string>): string {
  const plain = relative
    .replace(/\.[^./]*$/, '')
    .replaceAll(/[/|\\]/g, '_')
    .replaceAll(/[\r\n]/g, ' ')
    .trim();
  let id = plain || 'recording';
  for (let n = 2; taken.has(id); n++) id = `${plain}-${n}`;
  return id;
}

/**
 * Ids of all, before anything is read, so that they do not depend on what is refused; foreign files get none. WAV
 * files come first, so that theirs stay as they are whatever lies beside them.
 */
export function nameAll(files: readonly FoundFile[]): ReadonlyMap<FoundFile, string> {
  const ids = new Map<FoundFile, string>();
  const taken = new Set<string>();
  for (const file of [...files.filter(isWav), ...files.filter((one) => !isWav(one))]) {
    if (!isRecording(file.path)) continue;
    const id = identify(file.relative, taken);
    taken.add(id);
    ids.set(file, id);
  }
  return ids;
}

const isWav = ({ path }: FoundFile) => /\.wav$/i.test(path);

/** The id that a line of somebody's list means: it may have a recording's ending. */
export function listedId(text: string): string {
  return isRecording(text) ? text.replace(/\.[^.]*$/, '') : text;
}

/** The ids of the pieces of one recording: its own for a single one, else with their number, as many digits each. */
export function namePieces(id: string, count: number, taken: Set<string>): string[] {
  if (count === 1) return [id];
  const digits = String(count).length;
  return Array.from({ length: count }, (_, index) => {
    const name = identify(`${id}_${String(index + 1).padStart(digits, '0')}.`, taken);
    taken.add(name);
    return name;
  });
}
