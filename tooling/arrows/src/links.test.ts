import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { brokenLinks, linksOf } from './links.js';

it('the links of our Markdown files lead somewhere', () => {
  expect(brokenLinks(resolve(fileURLToPath(import.meta.url), '../../../..'))).toEqual([]);
});

it('finds one that does not', () => {
  const folder = mkdtempSync(join(tmpdir(), 'links-'));
  writeFileSync(join(folder, 'a.md'), '[b](b.md#part) [a](a.md) [x](https://x.org) [y](#y)');
  expect(brokenLinks(folder)).toEqual(['a.md -> b.md']);
});

it('takes no code for a link', () => {
  expect(linksOf('`[a](b)` [c](d)\n```ts\nx[0](y)\n```\n')).toEqual(['d']);
});
