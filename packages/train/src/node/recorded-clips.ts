import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clip, type ClipSource, pairedClip } from '../clip.js';
import { peakNormalized, requireNumbers } from '../segment.js';
import { ClipCache } from './clip-cache.js';
import { decodeRecording, RECORDING_ENDINGS } from './decode-recording.js';
import { melPathOf, readStoredMel } from './stored-mel.js';

export interface RecordedClipsOptions {
  /** Where `id.wav` lies, or `id.flac` and so on where there is none. */
  readonly folder: string;
  readonly ids: readonly string[];
  /** Hz; the files must have it. */
  readonly samplingRate: number;
  /** Mels that other models made of the recordings: training on them is fine-tuning. */
  readonly mels?: StoredMels;
  /** Decoded clips are kept up to this size together, the least used leave first. Default 1 GiB. */
  readonly cacheBytes?: number;
}

/** Mels in a folder, `id.npy` each, as the reference stores them. */
export interface StoredMels {
  readonly folder: string;
  readonly numMels: number;
  readonly hopSize: number;
}

/** Bytes of decoded clips that are kept where nothing else is said. */
export const USUAL_CACHE_BYTES = 2 ** 30;

const MOST_NAMED = 10;

/**
 * Recordings in a folder, decoded when they are wanted. With mels beside them they come as they are, not
 * peak-normalised, since their mels tell how loud they are.
 *
 * @throws RangeError that names the files that are not there
 */
export function openRecordedClips(options: RecordedClipsOptions): ClipSource {
  const { folder, ids, mels } = options;
  refuseMissing(
    ids.filter((id) => !findRecording(folder, id)).map((id) => join(folder, `${id}.wav`)),
    { folder, count: ids.length, what: 'recordings' },
  );
  if (mels) {
    const paths = ids.map((id) => melPathOf(mels.folder, id));
    refuseMissing(
      paths.filter((path) => !existsSync(path)),
      { folder: mels.folder, count: ids.length, what: 'mels' },
    );
  }
  return recordedClips(options);
}

/** {@link openRecordedClips} without the look whether the files are there. */
export function recordedClips(options: RecordedClipsOptions): ClipSource {
  const { folder, ids, samplingRate, mels, cacheBytes = USUAL_CACHE_BYTES } = options;
  const cache = new ClipCache(cacheBytes);
  return {
    ids,
    async load(index) {
      const cached = cache.get(index);
      if (cached) return cached;
      const path = recordingPath(folder, ids[index]);
      const clip = mels
        ? await readPair(path, samplingRate, mels, ids[index])
        : { audio: await readClip(path, samplingRate) };
      cache.add(index, clip);
      return clip;
    },
  };
}

/** The file of a recording. Where there is none, the name that is looked for first. */
export function recordingPath(folder: string, id: string): string {
  return findRecording(folder, id) ?? join(folder, id + RECORDING_ENDINGS[0]);
}

/** @throws where the file is no recording, has another rate, no samples, or one that is not a number */
export async function readClip(path: string, samplingRate: number): Promise<Float32Array> {
  return peakNormalized(await readAudio(path, samplingRate), path);
}

/** Why a recording of another rate is refused. */
export function wrongRate(rate: number, samplingRate: number): string {
  return `it has ${rate} Hz and must have ${samplingRate}, the configuration's sampling_rate; resample the recordings: hifigan prepare`;
}

export const NO_SAMPLES =
  'it has no samples and must have some, because there is nothing to learn from; remove it from the list';

async function readPair(
  path: string,
  samplingRate: number,
  { folder, numMels, hopSize }: StoredMels,
  id: string,
): Promise<Clip> {
  const audio = await readAudio(path, samplingRate);
  requireNumbers(audio, path);
  const melPath = melPathOf(folder, id);
  const mel = await readStoredMel(melPath, numMels);
  return pairedClip(audio, mel, { hopSize, where: { audio: path, mel: melPath } });
}

async function readAudio(path: string, samplingRate: number): Promise<Float32Array> {
  const recording = await decodeRecording(await readFile(path), path);
  if (recording.samplingRate !== samplingRate) {
    throw new RangeError(`${path}: ${wrongRate(recording.samplingRate, samplingRate)}`);
  }
  if (recording.audio.length === 0) throw new RangeError(`${path}: ${NO_SAMPLES}`);
  return recording.audio;
}

function findRecording(folder: string, id: string): string | undefined {
  return RECORDING_ENDINGS.map((ending) => join(folder, id + ending)).find(existsSync);
}

function refuseMissing(
  missing: readonly string[],
  of: { readonly folder: string; readonly count: number; readonly what: string },
): void {
  if (missing.length === 0) return;
  const named = missing.slice(0, MOST_NAMED).join(', ');
  const more = missing.length > MOST_NAMED ? ` and ${missing.length - MOST_NAMED} more` : '';
  throw new RangeError(
    `${of.folder}: ${missing.length} of ${of.count} ${of.what} must be there, but are not: ${named}${more}; correct the list or the folder of ${of.what}`,
  );
}
