/** Letters of a name that are shown; what is longer tells no more. */
const MOST_LETTERS = 100;
/** What moves a cursor, ends a line, turns the direction of text or is no letter at all. */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** A name out of a file, for a message: as {@link shownText}, and cut after a hundred letters. */
export function shownName(name: string): string {
  return shownText(name.length > MOST_LETTERS ? `${name.slice(0, MOST_LETTERS)}…` : name);
}

/**
 * A text out of a file, for people: as it is, or in quotes and escaped where it holds what is not seen, since it may be
 * meant for the terminal that it is printed on.
 */
export function shownText(text: string): string {
  return text.search(UNSEEN) < 0 ? text : quotedName(text);
}

/** A name in quotes, as JSON and Python write it, with all escaped that is not seen. */
export function quotedName(name: string): string {
  return JSON.stringify(name).replace(UNSEEN, (unseen) =>
    Array.from(
      unseen.split(''),
      (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
    ).join(''),
  );
}
