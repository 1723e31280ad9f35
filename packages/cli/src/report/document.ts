import { createHash } from 'node:crypto';
import { escapeHtml } from './html.js';
import { STYLE } from './style.js';

export interface Document {
  readonly title: string;
  /** Over all else. */
  readonly heading: string;
  /** The command that made it. */
  readonly generator: string;
  /** Between heading and sections, as HTML; empty where there is nothing. */
  readonly switches?: string;
  /** Heading and HTML; what is empty is left out. */
  readonly sections: readonly (readonly [heading: string, content: string])[];
}

/**
 * A page of its own: style, pictures and sound are in it, it asks for nothing and has no script, and its policy lets
 * no browser do otherwise.
 */
export function drawDocument(document: Document): string {
  const { title, heading, generator, switches = '', sections } = document;
  const style = createHash('sha256').update(STYLE).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${style}'; img-src data:; media-src data:; base-uri 'none'; form-action 'none'`;
  const drawn = sections.map(
    ([name, content]) => content && `<section><h2>${escapeHtml(name)}</h2>\n${content}</section>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="${escapeHtml(generator)}">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<h1>${escapeHtml(heading)}</h1>
${switches}<main>
${drawn.join('\n')}
</main>
</body>
</html>
`;
}

/** What there is to know, by name. */
export function drawFacts(facts: readonly (readonly [string, string])[]): string {
  const rows = facts.map(
    ([key, value]) => `<dt>${escapeHtml(key)}</dt><dd>${escapeHtml(value)}</dd>`,
  );
  return `<dl>${rows.join('\n')}</dl>`;
}

/** What is not in the page, or is to be known of it. */
export function drawNotes(notes: readonly string[]): string {
  return notes.map((note) => `<p class="note">${escapeHtml(note)}</p>`).join('\n');
}
