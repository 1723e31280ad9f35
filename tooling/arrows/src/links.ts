import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const NOT_OURS = new Set(['node_modules', 'dist', 'build', 'reports', 'out']);

/** The links of all Markdown files below a folder that lead to no file: `README.md -> docs/gone.md`. */
export function brokenLinks(root: string): string[] {
  return markdownBelow(root).flatMap((file) =>
    linksOf(readFileSync(file, 'utf8'))
      .filter((link) => !existsSync(join(dirname(file), link)))
      .map((link) => `${relative(root, file)} -> ${link}`),
  );
}

/** The relative links of a Markdown text, without what comes after `#`. */
export function linksOf(markdown: string): string[] {
  const prose = markdown.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map((match) => match[1]!.replace(/#.*/, ''))
    .filter((link) => link !== '' && !/^[a-z]+:/i.test(link));
}

function markdownBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    const skipped = NOT_OURS.has(entry.name) || entry.name.startsWith('.');
    if (entry.isDirectory()) return skipped ? [] : markdownBelow(path);
    return entry.name.endsWith('.md') ? [path] : [];
  });
}
