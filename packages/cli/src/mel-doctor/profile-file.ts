import { type MelProfile, melProfiles, readMelProfile } from '@hifigan/audio';
import type { Context } from '../context.js';
import { UserError } from '../errors.js';
import { readInput } from '../files/read-input.js';
import { nearestName } from '../terminal/did-you-mean.js';

/** Keys that no profile of the catalogue need have. */
const OPTIONAL = ['preemphasis', 'guard', 'normalisation'];

/**
 * A mel profile in a file of JSON: by itself, as `mel --mel-profiles NAME` and `export` write it, or `mel` of a bundle's
 * `bundle.json`.
 *
 * @throws UserError naming the file and the key that is wrong
 */
export async function readProfileFile(context: Context, path: string): Promise<MelProfile> {
  const text = new TextDecoder().decode(await readInput(context, path, path));
  const example = 'begin with: hifigan mel --mel-profiles hifigan';
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new UserError(
      `${path}: must be JSON, because it says what the numbers of the mels mean: ${(cause as Error).message}; ${example}`,
      { cause },
    );
  }
  const given = isRecord(value) && isRecord(value.mel) ? value.mel : value;
  refuseUnknown(given, path);
  try {
    return readMelProfile(given, path);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new UserError(`${cause.message}; ${example}`, { cause });
  }
}

/** What would be passed over in silence. */
function refuseUnknown(given: unknown, path: string): void {
  if (!isRecord(given)) return;
  const known = [...new Set([...Object.keys(melProfiles[0].profile), ...OPTIONAL])];
  const unknown = Object.keys(given).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  const meant = nearestName(unknown, known);
  throw new UserError(
    `${path}: ${unknown} must be a key of a mel profile, because what it says would be passed over; ${meant ? `is ${meant} meant? ` : ''}The keys are ${known.join(', ')}`,
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
