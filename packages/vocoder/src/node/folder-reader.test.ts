import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { voice } from '@hifigan/voice';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBundle, Vocoder } from '../index.js';
import { folderReader } from './index.js';

const PACKAGED = fileURLToPath(new URL('../../../voice/bundle', import.meta.url));
const engine = async () => ({
  description: 'none',
  generate: async () => new Float32Array(0),
  dispose() {},
});

describe('folderReader', () => {
  const folder = mkdtempSync(join(tmpdir(), 'a bundle '));
  beforeAll(() => cpSync(PACKAGED, folder, { recursive: true }));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each([
    ['a path', folder],
    ['a path with a slash', `${folder}/`],
    ['an address', pathToFileURL(folder)],
    ['an address as text', pathToFileURL(`${folder}/`).href],
  ])('reads a bundle of a folder: %s', async (_, given) => {
    const vocoder = await Vocoder.load(folderReader(given), { engine });
    expect(vocoder.card?.name).toBe((await openBundle(voice)).card?.name);
    await vocoder.dispose();
  });

  it('names the folder in what it says of a bundle', async () => {
    writeFileSync(join(folder, 'card.json'), '{}');
    await expect(openBundle(folderReader(folder))).rejects.toThrow(`${folder}/card.json`);
    rmSync(join(folder, 'config.json'));
    await expect(openBundle(folderReader(folder))).rejects.toThrow(
      `${folder}: config.json must be there`,
    );
  });

  it('says what is no folder', async () => {
    await expect(Vocoder.load(folderReader('nowhere'), { engine })).rejects.toThrow(
      /^nowhere: is not there, and must be the folder of a bundle; check the path$/,
    );
    const file = join(folder, 'generator.safetensors');
    await expect(openBundle(folderReader(file))).rejects.toThrow(
      /generator\.safetensors: is a file, and must be the folder/,
    );
    expect(() => folderReader('https://h/voice/')).toThrow(
      /^https:\/\/h\/voice\/: must be the path of a folder, .*goes to Vocoder\.load/,
    );
    for (const given of ['', 7, undefined, null]) {
      expect(() => folderReader(given as string)).toThrow(/must be the path of a folder/);
    }
  });

  it('ends on a signal, with its reason', async () => {
    const reason = new Error('enough');
    const reader = folderReader(folder);
    const signal = AbortSignal.abort(reason);
    await expect(reader.read('card.json', { signal })).rejects.toBe(reason);
  });
});

it('loads the packaged voice in one line', async () => {
  const vocoder = await Vocoder.load(voice, { engine });
  expect(vocoder.card?.licence).toBeTruthy();
  await vocoder.dispose();
});
