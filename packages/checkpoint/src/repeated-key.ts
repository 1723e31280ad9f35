/**
 * A key that an object in a JSON text has twice, which `JSON.parse` passes over in silence; undefined where none has.
 *
 * @param json that `JSON.parse` has taken
 * @param depth of how many levels of objects and lists; 1 is the outermost alone
 */
export function repeatedKey(json: string, depth: number): string | undefined {
  /** Keys of the objects that are open, the outermost first; of lists none. */
  const open: Set<string>[] = [];
  let level = 0;
  for (let at = 0; at < json.length; at++) {
    const letter = json[at];
    if (letter === '{' || letter === '[') {
      level++;
      if (level <= depth) open[level - 1] = new Set();
    } else if (letter === '}' || letter === ']') {
      level--;
    } else if (letter === '"') {
      const start = at;
      at = endOfText(json, at);
      if (level > depth || !isKey(json, at)) continue;
      // Not the letters as they stand: the same may be spelled with an escape.
      const key = JSON.parse(json.slice(start, at + 1)) as string;
      if (open[level - 1].has(key)) return key;
      open[level - 1].add(key);
    }
  }
  return undefined;
}

/** Where a text ends that begins at a quote. */
function endOfText(json: string, start: number): number {
  let at = start + 1;
  while (json[at] !== '"') at += json[at] === '\\' ? 2 : 1;
  return at;
}

/** Whether a colon follows the text that ends there. */
function isKey(json: string, end: number): boolean {
  let at = end + 1;
  while (at < json.length && ' \t\n\r'.includes(json[at])) at++;
  return json[at] === ':';
}
