import type { BigIntStats } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Context } from '../context.js';
import { Interrupted, UserError } from '../errors.js';

/** What tells a file from itself at another time. */
type Look = Pick<BigIntStats, 'dev' | 'ino' | 'size' | 'mtimeNs'>;

interface Noted {
  /** As the user knows it. */
  readonly shown: string;
  readonly look: Look;
}

/** The files that a result is made of: it is true only where each stayed as it was from its first byte to the last. */
export class SourceFiles {
  readonly #noted = new Map<string, Noted>();

  /** Notes a file before it is read; what is no plain file (a pipe) has no state to compare. */
  async note(path: string, shown: string): Promise<void> {
    if (this.#noted.has(path)) return;
    const look = await lookAt(path);
    if (look) this.#noted.set(path, { shown, look });
  }

  /** Takes over what others noted of some files, where they did: of many that were looked at those that count. */
  adopt(others: SourceFiles, paths: readonly string[]): void {
    for (const path of paths) {
      const noted = others.#noted.get(path);
      if (noted && !this.#noted.has(path)) this.#noted.set(path, noted);
    }
  }

  /** Called when the last of them has been read. @throws UserError naming one that is not as it was */
  async check(): Promise<void> {
    for (const [path, { shown, look }] of this.#noted) {
      const how = difference(look, await lookAt(path));
      if (how === undefined) continue;
      throw new UserError(
        `${shown}: changed while it was read: ${how}; nothing was made of it: try again when it is whole`,
      );
    }
  }

  /**
   * Does work that reads them. Of a file that changes, the parts that were read do not fit together: what then goes
   * wrong is told as that.
   */
  async blamed<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Interrupted)) {
        await this.check().catch((changed: Error) => {
          changed.cause = error;
          throw changed;
        });
      }
      throw error;
    }
  }
}

async function lookAt(path: string): Promise<Look | undefined> {
  const found = await stat(path, { bigint: true }).catch(() => undefined);
  return found?.isFile() ? found : undefined;
}

function difference(was: Look, is: Look | undefined): string | undefined {
  if (!is) return 'it is gone';
  if (is.dev !== was.dev || is.ino !== was.ino) return 'another file has taken its place';
  if (is.size !== was.size) {
    return `it ${is.size > was.size ? 'grew' : 'shrank'} from ${was.size} to ${is.size} bytes`;
  }
  return is.mtimeNs === was.mtimeNs ? undefined : 'it was written to';
}

/** Does work that reads files whole. @throws UserError where one of them changed before the last was read */
export async function readUnchanged<T>(
  context: Context,
  work: (context: Context) => Promise<T>,
): Promise<T> {
  const sources = new SourceFiles();
  return sources.blamed(async () => {
    const result = await work({ ...context, sources });
    await sources.check();
    return result;
  });
}
