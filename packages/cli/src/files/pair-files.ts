import { identify, nameAll } from '../prepare/identify.js';
import { FOREIGN } from '../prepare/prepare.js';
import type { FoundFile } from './find-files.js';

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

/**
 * Pairs files by their ids (paths below their folders, without extensions), else by their names alone where those are
 * unique on both sides: what others make of recordings often lies in one folder, recordings in one for each speaker.
 */
export function pairFiles(
  recordings: readonly FoundFile[],
  partners: readonly FoundFile[],
  { noPartner, noRecording }: PairWords,
): { readonly pairs: readonly FilePair[]; readonly alone: readonly Alone[] } {
  const ids = nameAll(recordings);
  const readable = [...ids.keys()];
  const partnerOf = new Map([...identifyAll(partners)].map(([partner, id]) => [id, partner]));
  const [ownNames, partnerNames] = [readable, partners].map(byName);
  const free = new Set(partners);
  const pairs: FilePair[] = [];
  const take = (recording: FoundFile, partner: FoundFile | undefined) => {
    if (!partner || !free.delete(partner)) return;
    pairs.push({ id: ids.get(recording)!, recording, partner });
  };
  for (const recording of readable) take(recording, partnerOf.get(ids.get(recording)!));
  const paired = new Set(pairs.map(({ recording }) => recording));
  for (const recording of readable) {
    const name = nameOf(recording);
    if (paired.has(recording) || ownNames.get(name)!.length > 1) continue;
    const [partner, ...others] = partnerNames.get(name) ?? [];
    if (others.length === 0) take(recording, partner);
  }
  const found = new Set(pairs.map(({ recording }) => recording));
  const order = new Map(recordings.map((recording, index) => [recording, index]));
  pairs.sort((a, b) => order.get(a.recording)! - order.get(b.recording)!);
  return {
    pairs,
    alone: [
      ...recordings
        .filter((recording) => !found.has(recording))
        .map((recording) => ({
          file: recording.relative,
          reason: ids.has(recording) ? noPartner(ids.get(recording)!) : FOREIGN,
        })),
      ...[...free].map(({ relative }) => ({ file: relative, reason: noRecording })),
    ],
  };
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

function byName(files: readonly FoundFile[]): ReadonlyMap<string, readonly FoundFile[]> {
  const names = new Map<string, FoundFile[]>();
  for (const file of files) {
    const name = nameOf(file);
    names.set(name, [...(names.get(name) ?? []), file]);
  }
  return names;
}

function nameOf({ relative }: FoundFile): string {
  return relative.replace(/^.*\//, '').replace(/\.[^.]*$/, '');
}
