import { open, readFile } from 'node:fs/promises';
import { AudioError, type AudioHeader, readAudioHeader } from '@hifigan/codecs';
import { type ClipSource, pairedFrames } from '../clip.js';
import {
  NO_SAMPLES,
  openRecordedClips,
  type RecordedClipsOptions,
  recordingPath,
  type StoredMels,
  wrongRate,
} from './recorded-clips.js';
import { melPathOf, storedMelFrames } from './stored-mel.js';

/** What the headers of recordings say. */
export interface RecordingsCheck {
  /** Duration of all recordings together. */
  readonly seconds: number;
  /** Of each, in the order of the list; one that is named twice counts once. */
  readonly lengths: Float64Array;
  /** Files with several channels, which are mixed into one. */
  readonly mixed: readonly string[];
}

export interface CheckRecordingsOptions {
  readonly folder: string;
  readonly ids: readonly string[];
  /** Hz; the files must have it. */
  readonly samplingRate: number;
  /** Of the recordings; looked at as well. */
  readonly mels?: StoredMels;
  /** Aborted: the rest is not looked at. */
  readonly signal?: AbortSignal;
}

/** Files that are open at once. */
const AT_ONCE = 16;
/** Read from each file: enough for the header of a WAV or FLAC, unless pictures or the like come before its samples. */
const HEAD_BYTES = 1024;
const MOST_NAMED = 5;

/**
 * {@link openRecordedClips}, which also looks at every header before any work. Finds everything that loading would
 * refuse, except NaN samples; warns about multichannel files.
 *
 * @throws RangeError that names the files that are not there or cannot be used
 */
export async function openCheckedClips(
  options: RecordedClipsOptions,
  { warn, signal }: { readonly warn: (text: string) => void; readonly signal?: AbortSignal },
): Promise<ClipSource> {
  const clips = openRecordedClips(options);
  const { mixed } = await checkRecordings({ ...options, signal });
  tellMixed(mixed, warn);
  return clips;
}

/** Tells of recordings with several channels, where there are any. */
export function tellMixed(mixed: readonly string[], warn: (text: string) => void): void {
  if (mixed.length === 0) return;
  const others = mixed.length > 1 ? ` and ${mixed.length - 1} more` : '';
  warn(`${mixed[0]}${others}: several channels, which are mixed into one`);
}

/**
 * Reads headers alone, some files at once: seconds for tens of thousands. MP3 and Ogg have none that tells all: they
 * are read whole, not decoded.
 *
 * @throws RangeError with the first files that cannot be used, how many there are, and the cure
 */
export async function checkRecordings(options: CheckRecordingsOptions): Promise<RecordingsCheck> {
  const { folder, samplingRate, mels, signal } = options;
  const ids = [...new Set(options.ids)];
  const seconds = new Float64Array(ids.length);
  const mixed: (string | undefined)[] = [];
  const bad: (string | undefined)[] = [];
  let next = 0;
  const worker = async () => {
    const head = new Uint8Array(HEAD_BYTES);
    while (next < ids.length && !signal?.aborted) {
      const index = next++;
      const path = recordingPath(folder, ids[index]);
      const header = await headerOf(path, head).catch((error: Error) => error);
      const problem = problemOf(header, samplingRate);
      if (problem !== undefined) bad[index] = `${path}: ${problem}`;
      else if (!(header instanceof Error)) {
        seconds[index] = header.frames / samplingRate;
        if (header.channelCount > 1) mixed[index] = path;
        if (mels) bad[index] = await melProblem(mels, ids[index], { path, samples: header.frames });
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  // In the order of the list, whichever came first.
  const named = bad.filter((text) => text !== undefined);
  if (named.length > 0) throw new RangeError(message(folder, named, ids.length));
  return {
    seconds: seconds.reduce((sum, one) => sum + one, 0),
    lengths: seconds,
    mixed: mixed.filter((path) => path !== undefined),
  };
}

async function headerOf(path: string, head: Uint8Array): Promise<AudioHeader> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const { bytesRead } = await file.read(head, 0, head.length, 0);
    const header = readAudioHeader(head.subarray(0, bytesRead), { fileBytes: size, where: path });
    if (header) return header;
  } finally {
    await file.close();
  }
  const bytes = await readFile(path);
  const header = readAudioHeader(bytes, { fileBytes: bytes.length, where: path });
  // The whole file leaves nothing to ask for.
  if (!header) throw new AudioError(path, 'it ends before its samples begin. Copy it again');
  return header;
}

function problemOf(header: AudioHeader | Error, samplingRate: number): string | undefined {
  if (header instanceof AudioError) return header.problem;
  if (header instanceof Error) return `it cannot be read: ${header.message}`;
  if (header.samplingRate !== samplingRate) return wrongRate(header.samplingRate, samplingRate);
  if (header.frames === 0) return NO_SAMPLES;
  return undefined;
}

/** Why a mel does not fit its recording. */
async function melProblem(
  { folder, numMels, hopSize }: StoredMels,
  id: string,
  recording: { readonly path: string; readonly samples: number },
): Promise<string | undefined> {
  const mel = melPathOf(folder, id);
  try {
    const frames = await storedMelFrames(mel, numMels);
    pairedFrames(recording.samples, frames, { hopSize, where: { audio: recording.path, mel } });
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function message(folder: string, bad: readonly string[], total: number): string {
  const more = bad.length - MOST_NAMED;
  return [
    `${folder}: ${bad.length} of ${total} recordings cannot be used; make a data set of them with hifigan prepare, or take them out of the list:`,
    ...bad.slice(0, MOST_NAMED).map((text) => `  ${text}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ].join('\n');
}
