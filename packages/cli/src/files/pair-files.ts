import { identify, nameAll } from '../prepare/identify.js';
import { FOREIGN } from '../prepare/prepare.js';
import { type FoundFile, isRecording } from './find-files.js';

/** A recording and the file that belongs to it. */
export interface FilePair {
  readonly id: string;
  readonly recording: FoundFile;
  readonly partner: FoundFile;
}

/** A file without its other half, and why. */
export interface Alone {
  readonly file: string;
  readonly reason: string;
}

/** What to say of files without their other half. */
export interface PairWords {
  /** Of a recording, by its id. */
  readonly noPartner: (id: string) => string;
  readonly noRecording: string;
}

/** What two files have in common that are a pair; nothing where this tells none of that file. */
type Key = (file: FoundFile) => string | undefined;

/** One way to find pairs. */
interface Pass {
  readonly ofRecording: Key;
  readonly ofPartner: Key;
  /** Of several files with one key the first is meant; else none, because which is meant nobody knows. */
  readonly first?: boolean;
}

/**
 * Pairs recordings with what training reads beside them: by their paths below their folders, without endings, or by
 * their ids in file lists (such paths in one folder, as `prepare` and others write them), else by their names alone where
 * those are unique on both sides: what others make of recordings often lies in one folder, recordings in one for each
 * speaker.
 */
export function pairById(
  recordings: readonly FoundFile[],
  partners: readonly FoundFile[],
  words: PairWords,
) {
  const ids = nameAll(recordings);
  const partnerIds = identifyAll(partners);
  const nested: Key = ({ relative }) =>
    relative.includes('/') ? withoutEnding(relative) : undefined;
  const { pairs, alone } = pairBy(
    [...ids.keys()],
    partners,
    [
      // Two paths may come to one id: a path that is the same on both sides tells more.
      { ofRecording: nested, ofPartner: nested },
      { ofRecording: (file) => ids.get(file), ofPartner: (file) => partnerIds.get(file) },
      { ofRecording: nameOf, ofPartner: nameOf },
    ],
    { ...words, noPartner: (file) => words.noPartner(ids.get(file)!) },
  );
  const foreign = recordings.filter((file) => !ids.has(file));
  return {
    pairs: inOrder(
      recordings,
      pairs.map((pair): FilePair => ({ id: ids.get(pair.recording)!, ...pair })),
    ),
    alone: [
      ...foreign.map(({ relative }): Alone => ({ file: relative, reason: FOREIGN })),
      ...alone,
    ],
  };
}

/**
 * Pairs recordings with others of the same: by their paths below their folders as they are, then without endings,
 * else by their names alone; the latter two where they are unique on both sides.
 */
export function pairByPath(
  recordings: readonly FoundFile[],
  partners: readonly FoundFile[],
  words: Readonly<Record<'noPartner' | 'noRecording', string>>,
) {
  const same = (key: Key): Pass => ({ ofRecording: key, ofPartner: key });
  return pairBy(
    recordings,
    partners,
    [{ ...same(({ relative }) => relative), first: true }, same(stemOf), same(lastStemOf)],
    { ...words, noPartner: () => words.noPartner },
  );
}

/** Path below its folder; without its ending, where that is one of recordings. */
export function stemOf({ relative }: Pick<FoundFile, 'relative'>): string {
  return isRecording(relative) ? withoutEnding(relative) : relative;
}

/** The last part of {@link stemOf}. */
function lastStemOf(file: FoundFile): string {
  return stemOf(file).replace(/^.*\//, '');
}

const UNCLEAR = '; several have its path or name, and which belongs to it is not sure';

/** Pass after pass, of what the last one has left; in the order of the recordings. */
function pairBy(
  recordings: readonly FoundFile[],
  partners: readonly FoundFile[],
  passes: readonly Pass[],
  { noPartner, noRecording }: { noPartner: (file: FoundFile) => string; noRecording: string },
): {
  readonly pairs: readonly Omit<FilePair, 'id'>[];
  readonly alone: readonly Alone[];
} {
  const partnerOf = new Map<FoundFile, FoundFile>();
  const free = new Set(partners);
  for (const { ofRecording, ofPartner, first } of passes) {
    const theirs = byKey(partners, ofPartner);
    for (const [key, ours] of byKey(recordings, ofRecording)) {
      const others = theirs.get(key) ?? [];
      if (!first && (ours.length > 1 || others.length > 1)) continue;
      const [recording, partner] = [ours[0], others[0]];
      if (partner && !partnerOf.has(recording) && free.delete(partner)) {
        partnerOf.set(recording, partner);
      }
    }
  }
  const open = recordings.filter((file) => !partnerOf.has(file));
  const unclear = new Set(
    passes.flatMap(({ ofRecording, ofPartner }) => {
      const theirs = byKey([...free], ofPartner);
      return [...byKey(open, ofRecording)].flatMap(([key, ours]) => {
        const others = theirs.get(key) ?? [];
        return others.length > 0 ? [...ours, ...others] : [];
      });
    }),
  );
  const told = (file: FoundFile, reason: string): Alone => ({
    file: file.relative,
    reason: unclear.has(file) ? `${reason}${UNCLEAR}` : reason,
  });
  return {
    pairs: recordings.flatMap((recording) => {
      const partner = partnerOf.get(recording);
      return partner ? [{ recording, partner }] : [];
    }),
    alone: [
      ...open.map((file) => told(file, noPartner(file))),
      ...[...free].map((file) => told(file, noRecording)),
    ],
  };
}

function inOrder(files: readonly FoundFile[], pairs: readonly FilePair[]): readonly FilePair[] {
  const order = new Map(files.map((file, index) => [file, index]));
  return [...pairs].sort((a, b) => order.get(a.recording)! - order.get(b.recording)!);
}

function identifyAll(files: readonly FoundFile[]): ReadonlyMap<FoundFile, string> {
  const taken = new Set<string>();
  return new Map(
    files.map((file) => {
      const id = identify(file.relative, taken);
      taken.add(id);
      return [file, id] as const;
    }),
  );
}

function byKey(files: readonly FoundFile[], key: Key): ReadonlyMap<string, readonly FoundFile[]> {
  const found = new Map<string, FoundFile[]>();
  for (const file of files) {
    const own = key(file);
    if (own === undefined) continue;
    const others = found.get(own);
    if (others) others.push(file);
    else found.set(own, [file]);
  }
  return found;
}

function nameOf({ relative }: FoundFile): string {
  return withoutEnding(relative.replace(/^.*\//, ''));
}

const withoutEnding = (path: string) => path.replace(/\.[^./]*$/, '');
