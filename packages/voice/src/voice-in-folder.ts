import { access, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { PackagedVoice } from './packaged-voice.js';

/** The packaged voice in a folder of the disk. */
export function voiceInFolder(folder: URL): PackagedVoice {
  const where = fileURLToPath(folder);
  return {
    where,
    async read(name, { signal } = {}) {
      try {
        return await readFile(new URL(name, folder), { signal });
      } catch (error) {
        signal?.throwIfAborted();
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      }
      // Where a bundler put this code into a file of its own, its data are not beside it.
      await access(folder).catch((cause: unknown) => {
        throw new Error(
          `@hifigan/voice: ${where} must be the folder of the packaged voice, because it lies beside this code as it is installed, but is not there; have the bundler of the server leave the package to Node (webpack: externals; Next: serverExternalPackages), or name the folder: folderReader('…/@hifigan/voice/bundle') of @hifigan/vocoder/node`,
          { cause },
        );
      });
      return undefined;
    },
  };
}
