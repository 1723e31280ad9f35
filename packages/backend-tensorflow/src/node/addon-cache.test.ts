import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { findAddon, recordPath } from './addon-cache.js';

it('gives a reason for every cache that is of no use', async () => {
  const cache = await mkdtemp(join(tmpdir(), 'hifigan-'));
  try {
    const reasons: [string | undefined, RegExp][] = [
      [undefined, /^no native addon in /],
      ['{"version"', /cannot be read/],
      ['null', /version=undefined must be 1$/],
      ['{"version": 1}', /is damaged$/],
      ['{"version": 1, "addon": "/", "tensorflow": null}', /is damaged$/],
      ['{"version": 1, "addon": "/nowhere", "tensorflow": {"folder": "/"}}', /\/nowhere, .* gone$/],
    ];
    for (const [text, reason] of reasons) {
      if (text !== undefined) await writeFile(recordPath(cache), text);
      expect(findAddon(cache)).toMatchObject({ reason: expect.stringMatching(reason) });
    }
  } finally {
    await rm(cache, { recursive: true, force: true });
  }
});
