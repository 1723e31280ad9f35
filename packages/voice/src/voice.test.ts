import { readdir, readFile } from 'node:fs/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { voice as ofNode } from './node.js';
import { voice as ofPages } from './page.js';
import { voiceInFolder } from './voice-in-folder.js';

const FOLDER = new URL('../bundle/', import.meta.url);
const files = await readdir(FOLDER);

/** A server of this repository's files. */
const serving = async (address: URL | RequestInfo) => {
  const { href, search } = new URL(address.toString());
  return new Response(await readFile(new URL(href.slice(0, href.length - search.length))));
};

afterEach(() => vi.unstubAllGlobals());

describe.each([
  ['Node', ofNode],
  ['pages', ofPages],
])('the packaged voice in %s', (_, voice) => {
  it('has every file of the bundle, and no other', async () => {
    vi.stubGlobal('fetch', serving);
    expect(files).toHaveLength(5);
    for (const name of files) {
      const bytes = await voice.read(name);
      expect(Buffer.compare(bytes!, await readFile(new URL(name, FOLDER)))).toBe(0);
    }
    expect(await voice.read('other.json')).toBeUndefined();
    expect(await voice.read('toString')).toBeUndefined();
  });

  it('has the manifest as packing writes it', async () => {
    vi.stubGlobal('fetch', serving);
    const text = Buffer.from((await voice.read('bundle.json'))!).toString();
    expect(text).toBe(`${JSON.stringify(JSON.parse(text), null, 2)}\n`);
  });

  it('ends on a signal, with its reason', async () => {
    vi.stubGlobal('fetch', async (_address: unknown, init?: RequestInit) => {
      init?.signal?.throwIfAborted();
      throw new Error('was not told');
    });
    const reason = new Error('enough');
    const signal = AbortSignal.abort(reason);
    await expect(voice.read('config.json', { signal })).rejects.toBe(reason);
  });
});

describe('in pages', () => {
  it.each([
    [async () => new Response('', { status: 404 }), 'the server answers 404'],
    [
      async () => new Response('', { headers: { 'content-type': 'text/html;charset=utf-8' } }),
      'the server answers with a page',
    ],
    [async () => Promise.reject(new TypeError('Failed to fetch')), 'Failed to fetch'],
  ])('says what to do where a file does not come', async (fetch, problem) => {
    vi.stubGlobal('fetch', fetch);
    await expect(ofPages.read('card.json')).rejects.toThrow(
      new RegExp(`^@hifigan/voice: file:.*/card\\.json.* cannot be fetched: ${problem}; .*copy`),
    );
  });

  it('names each file in an expression that bundlers find', async () => {
    const text = await readFile(new URL('page.ts', import.meta.url), 'utf8');
    const found = [
      ...text.matchAll(/new URL\('\.\.\/bundle\/([\w.]+)\?no-inline', import\.meta\.url\)/g),
    ];
    expect(found.map((match) => match[1]).sort()).toEqual([...files].sort());
  });
});

describe('in Node', () => {
  it('hides its folder from bundlers, which take what they find for a file', async () => {
    for (const name of ['node.ts', 'voice-in-folder.ts']) {
      const code = (await readFile(new URL(name, import.meta.url), 'utf8')).replace(/\/\/.*/g, '');
      expect(code).not.toMatch(/new URL\([^)]*import\.meta\.url/);
    }
  });

  it('says what to do where it lies no longer beside its code', async () => {
    const moved = voiceInFolder(new URL('../nowhere/', import.meta.url));
    await expect(moved.read('bundle.json')).rejects.toThrow(
      /^@hifigan\/voice: .*nowhere.* must be the folder .* leave the package to Node/,
    );
  });
});
