import type { FoundFile } from '../files/find-files.js';
import { identify, nameAll } from '../prepare/identify.js';
import { FOREIGN } from '../prepare/prepare.js';

/** A recording and the mel that was made of it. */
export interface FilePair {
  readonly id: string;
  readonly recording: FoundFile;
  readonly mel: FoundFile;
}

/** A file without its other half, and why. */
export interface Alone {
  readonly file: string;
  readonly reason: string;
}

/**
 * Pairs files by their ids (paths below their folders, without extensions), else by their names alone where those are
 * unique on both sides: mels often lie in one folder, recordings in one for each speaker.
 */
export function pairFiles(
  recordings: readonly FoundFile[],
  mels: readonly FoundFile[],
): { readonly pairs: readonly FilePair[]; readonly alone: readonly Alone[] } {
  const ids = nameAll(recordings);
  const readable = [...ids.keys()];
  const melOf = new Map([...identifyAll(mels)].map(([mel, id]) => [id, mel]));
  const [ownNames, melNames] = [readable, mels].map(byName);
  const free = new Set(mels);
  const pairs: FilePair[] = [];
  const take = (recording: FoundFile, mel: FoundFile | undefined) => {
    if (!mel || !free.delete(mel)) return;
    pairs.push({ id: ids.get(recording)!, recording, mel });
  };
  for (const recording of readable) take(recording, melOf.get(ids.get(recording)!));
  const paired = new Set(pairs.map(({ recording }) => recording));
  for (const recording of readable) {
    const name = nameOf(recording);
    if (paired.has(recording) || ownNames.get(name)!.length > 1) continue;
    const [mel, ...others] = melNames.get(name) ?? [];
    if (others.length === 0) take(recording, mel);
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
          reason: ids.has(recording)
            ? `has no mel: ${ids.get(recording)}.npy is not there`
            : FOREIGN,
        })),
      ...[...free].map((mel) => ({ file: mel.relative, reason: 'has no recording of its name' })),
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
