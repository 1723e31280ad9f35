/** A code block of a README. */
export interface Snippet {
  readonly text: string;
  /** Line of its first line, from 1. */
  readonly line: number;
  readonly runs: boolean;
}

/** The TypeScript blocks of a Markdown text; those fenced `ts no-run` are not to be run. */
export function snippetsOf(markdown: string): Snippet[] {
  const lines = markdown.split('\n');
  const snippets: Snippet[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const fence = /^```(ts|typescript|js|javascript)\b(.*)$/.exec(lines[index]!);
    if (!fence) continue;
    const end = lines.indexOf('```', index + 1);
    if (end < 0) throw new Error(`line ${index + 1}: a code block is not closed`);
    snippets.push({
      text: lines.slice(index + 1, end).join('\n'),
      line: index + 2,
      runs: !fence[2]!.includes('no-run'),
    });
    index = end;
  }
  return snippets;
}
