import { openAsBlob } from 'node:fs';
import { type ByteSource, sourceOfBlob } from '@hifigan/checkpoint';
import { type Context, pathOf } from '../context.js';
import { Interrupted, UserError } from '../errors.js';
import { refuseSpecial } from './refuse-special.js';

/**
 * A file of which parts are read, for what is too large to be held; Ctrl-C is heard at each.
 *
 * @param shown what to call it in errors
 * @throws UserError where it changed since it was opened: a part of it would be of another file
 */
export async function openSource(
  context: Pick<Context, 'cwd' | 'signal' | 'sources'>,
  path: string,
  shown = path,
): Promise<ByteSource> {
  const place = pathOf(context, path);
  await refuseSpecial(place, shown);
  await context.sources?.note(place, shown);
  const { size, read } = sourceOfBlob(await openAsBlob(place));
  return {
    size,
    async read(start, end) {
      if (context.signal.aborted) throw new Interrupted();
      try {
        return await read(start, end);
      } catch (error) {
        // Node looks at size and time of a file before each read.
        if ((error as Error).name !== 'NotReadableError') throw error;
        throw new UserError(
          `${shown}: changed while it was read, or cannot be read any more; try again when it is whole`,
          { cause: error },
        );
      }
    },
  };
}
