import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { format } from 'node:util';
import { vi } from 'vitest';

/**
 * Runs the TypeScript snippets of a package's README, one after the other, as a user's module would run.
 * Call the test anything but `readme…`: npm packs every file of that name, whatever `files` says.
 *
 * @param testUrl `import.meta.url` of a test in the package's `src`; the README lies one folder up
 * @returns what each snippet printed with console.log, line by line
 * @throws what a snippet throws, and where there is none
 */
export async function runReadme(testUrl: string): Promise<string[][]> {
  const readme = readFileSync(fileURLToPath(new URL('../README.md', testUrl)), 'utf8');
  const snippets = [...readme.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map((match) => match[1]);
  if (snippets.length === 0) throw new Error(`${testUrl}: the README has no \`\`\`ts snippet`);
  // Inside the package, so that its name and those of its dependencies resolve; git ignores it.
  const folder = new URL('../reports/readme/', testUrl);
  mkdirSync(folder, { recursive: true });
  const printed: string[][] = [];
  for (const [index, snippet] of snippets.entries()) {
    const file = fileURLToPath(new URL(`snippet-${index}.ts`, folder));
    writeFileSync(file, snippet);
    const lines: string[] = [];
    const log = vi.spyOn(console, 'log').mockImplementation((...values) => {
      lines.push(format(...values));
    });
    try {
      await import(/* @vite-ignore */ pathToFileURL(file).href);
    } finally {
      log.mockRestore();
    }
    printed.push(lines);
  }
  return printed;
}
