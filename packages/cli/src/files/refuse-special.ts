import { stat } from 'node:fs/promises';
import { UserError } from '../errors.js';

/** Where pipes stand that a shell opens: their writer is there already. */
const OPENED = /^\/(dev|proc)\//;

/**
 * Refuses what is no file and may never end: devices, sockets, and named pipes, of which not even the opening need end.
 *
 * @param path absolute
 * @param shown what to call it
 * @throws UserError that says what it is
 */
export async function refuseSpecial(path: string, shown: string): Promise<void> {
  // What cannot be looked at, the reading tells.
  const about = await stat(path).catch(() => undefined);
  if (!about || about.isFile() || about.isDirectory()) return;
  if (about.isFIFO() && OPENED.test(path)) return;
  const [what, instead] = about.isFIFO()
    ? ['a named pipe', `give what comes out of it as -: … - < ${shown}`]
    : [about.isSocket() ? 'a socket' : 'a device', 'name a file'];
  throw new UserError(
    `${shown}: must be a file, because what is read must end, and is ${what}; ${instead}`,
  );
}
