import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { audioExtensions } from '@hifigan/codecs';
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
  /** What the result is called, below its folder, where a list says so. */
  readonly named?: string;
  /** Path without links; only for existing files that were found in a folder. */
  readonly real?: string;
}

/** Whether a name is that of a recording that can be read; what is in the file its bytes tell. */
export const isRecording = (name: string): boolean =>
  audioExtensions.includes(extname(name).toLowerCase());

/** The same for people. */
export const RECORDING_KINDS = '.wav, .flac, .mp3, .ogg or .opus';

/** Sound that other programs can turn into such; a folder's such files are told, not passed over in silence. */
export const foreignAudio = ['.m4a', '.mp4', '.aac', '.aif', '.aiff', '.wma'];

/** What was found, and which links add nothing to it. */
export interface FoundFiles {
  readonly files: readonly FoundFile[];
  readonly leftOut: readonly LeftOut[];
  /** Real paths of all folders that were looked into, links followed. */
  readonly folders: readonly string[];
}

/** What links lead to, but was not taken. */
export interface LeftOut {
  /** As {@link FoundFile.relative}. */
  readonly file: string;
  readonly shown: string;
  readonly reason: string;
}

export interface FindOptions {
  /** Whether of a file that links lead to as well only one is taken. */
  readonly once?: boolean;
  /** A folder that is passed over where it lies in one that was named, such as that of the results. */
  readonly except?: string;
  /** Whether one of several that is not there is a file like others, of which whoever reads it tells. */
  readonly each?: boolean;
}

/**
 * The files that are meant by what the user typed: files as they are, folders with all that lies in them and
 * passes `wanted`, sorted, without hidden ones. Links to folders are followed after all that is no link, each real
 * folder once.
 *
 * @param wanted by lower-case name; asked only for files in folders
 * @throws UserError where something does not exist
 */
export async function findFiles(
  context: Context,
  typed: readonly string[],
  wanted: (name: string) => boolean,
  { once = false, except, each = false }: FindOptions = {},
): Promise<FoundFiles> {
  const files: FoundFile[] = [];
  const leftOut: LeftOut[] = [];
  const folders: string[] = [];
  for (const shown of typed) {
    if (shown === '-') {
      files.push({ path: '-', shown: 'stdin', relative: 'stdin', fromFolder: false });
      continue;
    }
    const path = pathOf(context, shown);
    const about = await stat(path).catch((error: NodeJS.ErrnoException) => {
      if (each && typed.length > 1) return undefined;
      throw new UserError(
        `${shown}: cannot be read: ${REASONS[error.code ?? ''] ?? error.message}`,
      );
    });
    if (about?.isDirectory()) {
      const walk = new Walk(
        wanted,
        once,
        except && (await realpath(except).catch(() => undefined)),
      );
      files.push(...(await walk.all({ path, shown, relative: '' })));
      leftOut.push(...walk.leftOut);
      folders.push(...walk.folders);
    } else files.push({ path, shown, relative: basename(path), fromFolder: false });
  }
  return { files, leftOut, folders };
}

type Place = Pick<FoundFile, 'path' | 'shown' | 'relative'>;

/** Looks into one folder and all below it, and remembers where it was. */
class Walk {
  readonly leftOut: LeftOut[] = [];
  readonly #wanted: (name: string) => boolean;
  readonly #once: boolean;
  readonly #files: FoundFile[] = [];
  /** How folders and files are shown, by real path. */
  readonly #folders = new Map<string, string>();
  readonly #taken = new Map<string, string>();
  /** Links, to be followed later: what is named by its own path keeps that name. */
  #links: (Place & { readonly isFolder: boolean })[] = [];
  /** Real path of a folder that is passed over. */
  readonly #except: string | undefined;

  constructor(wanted: (name: string) => boolean, once: boolean, except?: string) {
    this.#wanted = wanted;
    this.#once = once;
    this.#except = except;
  }

  get folders(): string[] {
    return [...this.#folders.keys()];
  }

  /** @returns sorted, a folder's before those of the next */
  async all(start: Place): Promise<readonly FoundFile[]> {
    await this.#folder(start, await realpath(start.path));
    while (this.#links.length > 0) {
      const links = this.#links;
      this.#links = [];
      for (const { isFolder, ...link } of links) {
        const real = await realpath(link.path);
        if (isFolder) await this.#folder(link, real);
        else this.#file(link, real);
      }
    }
    return this.#files.sort(byPath);
  }

  async #folder(folder: Place, real: string): Promise<void> {
    if (real === this.#except && folder.relative !== '') {
      this.#leaveOut(folder, 'the folder of the results');
      return;
    }
    const known = this.#folders.get(real);
    if (known !== undefined) {
      this.#leaveOut(folder, `the same folder as ${known}, whose files are taken already`);
      return;
    }
    this.#folders.set(real, folder.shown);
    const entries = await readdir(folder.path, { withFileTypes: true });
    entries.sort((a, b) => byCodeUnit(a.name, b.name));
    for (const entry of entries) {
      if (entry.name.startsWith('.')) continue;
      const place = {
        path: join(folder.path, entry.name),
        shown: join(folder.shown, entry.name),
        relative: folder.relative ? `${folder.relative}/${entry.name}` : entry.name,
      };
      const wanted = this.#wanted(entry.name.toLowerCase());
      if (entry.isDirectory()) await this.#folder(place, join(real, entry.name));
      else if (entry.isFile() && wanted) this.#file(place, join(real, entry.name));
      else if (entry.isSymbolicLink()) await this.#link(place, wanted);
    }
  }

  async #link(link: Place, wanted: boolean): Promise<void> {
    const about = await stat(link.path).catch(() => undefined);
    if (about?.isDirectory()) this.#links.push({ ...link, isFolder: true });
    else if (about?.isFile() && wanted) this.#links.push({ ...link, isFolder: false });
    // Whoever reads it tells that it leads nowhere.
    else if (!about && wanted) this.#files.push({ ...link, fromFolder: true });
    else if (!about && extname(link.path) === '') this.#leaveOut(link, 'a link that leads nowhere');
  }

  #file(file: Place, real: string): void {
    const known = this.#taken.get(real);
    if (this.#once && known !== undefined) {
      this.#leaveOut(file, `the same file as ${known}, which is taken already`);
      return;
    }
    this.#taken.set(real, file.shown);
    this.#files.push({ ...file, real, fromFolder: true });
  }

  #leaveOut({ relative, shown }: Place, reason: string): void {
    this.leftOut.push({ file: relative, shown, reason });
  }
}

function byPath(a: Place, b: Place): number {
  const [ours, theirs] = [a.relative.split('/'), b.relative.split('/')];
  const at = ours.findIndex((part, index) => part !== theirs[index]);
  return at < 0 ? 0 : byCodeUnit(ours[at], theirs[at] ?? '');
}

/** The same on every machine and in every language. */
function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
