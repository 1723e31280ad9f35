import { readdir, readFile } from 'node:fs/promises';
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { openBundleFiles } from './open-bundle-files.js';

const FOLDER = new URL('../../../../packages/voice/bundle/', import.meta.url);

const files: Record<string, Uint8Array> = { '__MACOSX/voice/config.json': new Uint8Array(3) };
for (const name of await readdir(FOLDER)) {
  files[`voice/${name}`] = new Uint8Array(await readFile(new URL(name, FOLDER)));
}
const archive = (level: 0 | 6) => Uint8Array.from(zipSync(files, { level }));

describe('a zipped model', () => {
  it.each([0, 6] as const)('is opened as its folder is, packed by level %i', async (level) => {
    const { bundle, title } = await openBundleFiles([new File([archive(level)], 'voice.zip')]);
    expect(title).toBe(bundle.card?.name);
    expect(bundle.filesChecked).toBe(true);
  });

  it('is refused by its name where it is cut off or unfolds to more than a page holds', async () => {
    const cut = new File([archive(0).subarray(0, 1e6)], 'cut.zip');
    await expect(openBundleFiles([cut])).rejects.toThrow(
      /^cut\.zip: not a readable zip archive: .*Copy or download it again/,
    );
    const large = Buffer.from(archive(0));
    // Its size in the directory, which is all that is believed of one that is not wanted.
    const entry = large.lastIndexOf('voice/golden.safetensors') - 46;
    large.writeUInt16LE(8, entry + 10);
    large.writeUInt32LE(2 ** 32 - 2, entry + 24);
    await expect(
      openBundleFiles([new File([Uint8Array.from(large)], 'large.zip')]),
    ).rejects.toThrow(
      /^large\.zip: must have 2147483648 bytes at most, because a page holds a model in memory/,
    );
  });
});
