import { UserError } from '../errors.js';
import type { FoundFile } from '../files/find-files.js';
import { listedId } from './identify.js';

/** Who speaks, by a recording's id and file; undefined where that is not known. */
export type SpeakerOf = (id: string, file: FoundFile) => string | undefined;

/** The first folder below the one that was named. */
export const speakerByFolder: SpeakerOf = (_, { relative }) => {
  const parts = relative.split('/');
  return parts.length > 1 ? parts[0] : undefined;
};

/**
 * By a list, `id|speaker` a line; what follows a second bar is not read.
 *
 * @throws UserError where a line has no speaker, or an id has two
 */
export function speakersByList(text: string, where: string): SpeakerOf {
  const speakers = new Map<string, string>();
  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    if (line.trim() === '') continue;
    const [listed, speaker = ''] = line.split('|').map((part) => part.trim());
    const id = listedId(listed);
    if (id === '' || speaker === '') {
      throw new UserError(`${where}: line ${index + 1} must be id|speaker, and is ${line}`);
    }
    const known = speakers.get(id);
    if (known !== undefined && known !== speaker) {
      throw new UserError(`${where}: line ${index + 1}: ${id} is ${speaker}, but was ${known}`);
    }
    speakers.set(id, speaker);
  }
  return (id) => speakers.get(id);
}

/**
 * Of all recordings, before any work.
 *
 * @throws UserError that names those of whom nobody is known
 */
export function nameSpeakers(
  ids: ReadonlyMap<FoundFile, string>,
  speakerOf: SpeakerOf,
): ReadonlyMap<string, string> {
  const speakers = new Map<string, string>();
  const unknown: string[] = [];
  for (const [file, id] of ids) {
    const speaker = speakerOf(id, file);
    if (speaker === undefined) unknown.push(`${file.relative} (${id})`);
    else speakers.set(id, speaker);
  }
  if (unknown.length > 0) {
    const more = unknown.length > 5 ? ` and ${unknown.length - 5} more` : '';
    throw new UserError(
      `--split-by speaker: of ${unknown.slice(0, 5).join(', ')}${more} the speaker is not known, so none could be held out for sure; ` +
        'put each speaker’s recordings into a folder of their own, or name all in --speakers, a line id|speaker each',
    );
  }
  return speakers;
}
