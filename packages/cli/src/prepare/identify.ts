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
