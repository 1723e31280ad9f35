import { type ByteSource, openTar } from '@hifigan/checkpoint';
import { ForeignError } from './foreign-error.js';
import type { ForeignFiles } from './foreign-files.js';

/** What of an archive is looked at: configurations and weights. */
const KEPT = /\.(ya?ml|json|ckpt|pth|pt|bin|safetensors)$/i;

/**
 * The configuration and the weights of a `.nemo`, a tar archive. Without gzip they are read from the archive in parts;
 * with gzip they are held in memory, 64 MiB and eight times the archive at most.
 *
 * @throws FormatError where it is none or is damaged, ForeignError where two of its files have one name
 */
export async function unpackArchive(source: ByteSource, where: string): Promise<ForeignFiles> {
  const files = new Map<string, ByteSource>();
  for (const [path, file] of await openTar(source, where, { keep: (name) => KEPT.test(name) })) {
    // In folders or not.
    const name = path.replace(/^.*\//, '');
    if (files.has(name)) {
      throw new ForeignError(
        `${where}: must have one file of the name ${name}, because a model has, but has several in folders; unpack it and name the model’s folder`,
      );
    }
    files.set(name, file);
  }
  const open = async (name: string) => {
    const file = files.get(name);
    if (file) return file;
    throw new RangeError(`${where}: has no file of the name ${name}`);
  };
  return {
    names: [...files.keys()],
    open,
    async read(name) {
      const file = await open(name);
      return file.read(0, file.size);
    },
  };
}
