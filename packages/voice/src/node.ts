import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { PackagedVoice } from './packaged-voice.js';

export type { PackagedVoice };

const FOLDER = new URL('../bundle/', import.meta.url);

/** The packaged voice: `Vocoder.load(voice)`. Here from the disk, in pages from where they are served. */
export const voice: PackagedVoice = {
  where: fileURLToPath(FOLDER),
  async read(name, { signal } = {}) {
    try {
      return await readFile(new URL(name, FOLDER), { signal });
    } catch (error) {
      signal?.throwIfAborted();
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  },
};
