import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type Context, pathOf } from '../context.js';
import { REASONS, UserError } from '../errors.js';

/** A file that was named, or lies in a folder that was named. */
export interface FoundFile {
  /** Absolute, or `-`. */
  readonly path: string;
  /** As the user knows it, for messages; `stdin` for `-`. */
  readonly shown: string;
  /** Below the folder that was named; else the file's own name. Slashes on every system. */
  readonly relative: string;
  /** Whether a folder was named and this lies in it. */
  readonly fromFolder: boolean;
}

/** Sound that other programs can turn into WAV; a folder's such files are told, not passed over in silence. */
export const foreignAudio = [
  '.flac',
  '.mp3',
  '.ogg',
  '.opus',
  '.m4a',
  '.aac',
  '.aif',
  '.aiff',
  '.wma',
];

/**
 * The files that are meant by what the user typed: files as they are, folders with all that lies in them and
 * passes `wanted`, sorted, without hidden ones.
 *
 * @param wanted by lower-case name; asked only for files in folders
 * @throws UserError where something does not exist
 */
export async function findFiles(
  context: Context,
  typed: readonly string[],
  wanted: (name: string) => boolean,
): Promise<FoundFile[]> {
  const found: FoundFile[] = [];
  for (const shown of typed) {
    if (shown === '-') {
      found.push({ path: '-', shown: 'stdin', relative: 'stdin', fromFolder: false });
      continue;
    }
    const path = pathOf(context, shown);
    const about = await stat(path).catch((error: NodeJS.ErrnoException) => {
      throw new UserError(
        `${shown}: cannot be read: ${REASONS[error.code ?? ''] ?? error.message}`,
      );
    });
    if (about.isDirectory()) await walk(path, shown, '', wanted, found);
    else found.push({ path, shown, relative: basename(path), fromFolder: false });
  }
  return found;
}

async function walk(
  folder: string,
  shown: string,
  below: string,
  wanted: (name: string) => boolean,
  found: FoundFile[],
): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true });
  // By code unit: the same on every machine and in every language.
  entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    const relative = below ? `${below}/${entry.name}` : entry.name;
    // A link that leads nowhere stays one, and whoever reads it tells.
    const about = entry.isSymbolicLink() ? await stat(path).catch(() => entry) : entry;
    if (about.isDirectory()) {
      // A link to a folder might lead back to where we are.
      if (!entry.isSymbolicLink())
        await walk(path, join(shown, entry.name), relative, wanted, found);
    } else if ((about.isFile() || about.isSymbolicLink()) && wanted(entry.name.toLowerCase())) {
      found.push({ path, shown: join(shown, entry.name), relative, fromFolder: true });
    }
  }
}
