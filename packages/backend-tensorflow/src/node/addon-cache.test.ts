import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { findAddon, findWholeAddon, missingTensorflow, recordPath } from './addon-cache.js';
import { LIBRARIES, OWN_OPS, PROCESS } from './native-modules.js';
import { elfFile } from './testing/elf-file.js';

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

/** A cache of files that seem whole. @returns where each lies */
async function makeCache(cache: string, kind: 'cpu' | 'cuda' | 'own' = 'cpu') {
  const [folder, tensorflow] = [join(cache, 'addon', 'x'), join(cache, 'tensorflow')];
  await mkdir(folder, { recursive: true });
  await mkdir(tensorflow);
  const addon = join(folder, 'tfjs_binding.node');
  const own = [OWN_OPS, PROCESS].map((name) => join(folder, name));
  const libraries = LIBRARIES.map((name) => join(tensorflow, name));
  for (const path of [addon, ...own, ...libraries]) await writeFile(path, elfFile(5000));
  const record = {
    ...{ version: 1, addon, tfjs: '4.22.0' },
    tensorflow: { folder: tensorflow, version: '2.21.0', kind },
  };
  await writeFile(recordPath(cache), JSON.stringify(record));
  return { addon, own, libraries };
}

it.runIf(process.platform === 'linux')(
  'refuses what is damaged before it is loaded, says which file, and how to mend it',
  async () => {
    const cache = await mkdtemp(join(tmpdir(), 'hifigan-'));
    vi.stubEnv('HIFIGAN_CACHE', cache);
    try {
      const { addon, own, libraries } = await makeCache(cache);
      expect(findWholeAddon()).toMatchObject({ addon });
      expect(missingTensorflow()).toBeUndefined();
      const anew = 'build it anew: hifigan-gpu setup --force';
      const fetched = 'fetch it anew: hifigan-gpu setup --cpu --force';
      for (const [path, todo] of [
        [addon, anew],
        ...own.map((one) => [one, anew]),
        ...libraries.map((one) => [one, fetched]),
      ]) {
        await writeFile(path, elfFile(5000).subarray(0, 4999));
        expect(missingTensorflow()).toBe(
          `${path} is cut off: it has 4999 bytes and must have 5000; ${todo}`,
        );
        await writeFile(path, 'built');
        expect(findWholeAddon()).toEqual({ reason: `${path} is no native library`, todo });
        await writeFile(path, elfFile(5000));
      }
      await rm(libraries[1]);
      expect(findWholeAddon()).toEqual({ reason: `${libraries[1]} is missing`, todo: fetched });
      await writeFile(libraries[1], elfFile(5000));
      // It does without its own modules.
      for (const path of own) await rm(path);
      expect(findWholeAddon()).toMatchObject({ addon });
      // Setup would take the folder for a finished one.
      await rm(addon);
      expect(findWholeAddon()).toEqual({
        reason: expect.stringMatching(/tfjs_binding\.node, which is gone$/),
        todo: anew,
      });
      await rm(join(cache, 'addon'), { recursive: true });
      expect(findWholeAddon()).toMatchObject({ todo: 'build it: hifigan-gpu setup' });
    } finally {
      vi.unstubAllEnvs();
      await rm(cache, { recursive: true, force: true });
    }
  },
);

it.runIf(process.platform === 'linux')(
  'does not offer to mend a TensorFlow that is not its own',
  async () => {
    const cache = await mkdtemp(join(tmpdir(), 'hifigan-'));
    try {
      const { libraries } = await makeCache(cache, 'own');
      await writeFile(libraries[0], '');
      expect(findWholeAddon(cache)).toEqual({
        reason: `${libraries[0]} is no native library`,
        todo: expect.stringMatching(/^install that TensorFlow anew, .*setup --cpu/),
      });
    } finally {
      await rm(cache, { recursive: true, force: true });
    }
  },
);
