import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readWav, toMono, type WavAudio, WavError } from '@hifigan/audio';
import type { ClipSource } from '../batches.js';
import { peakNormalized } from '../segment.js';

export interface WavClipsOptions {
  /** Where `id.wav` lies. */
  readonly folder: string;
  readonly ids: readonly string[];
  /** Hz; the files must have it. */
  readonly samplingRate: number;
  /** Decoded clips are kept up to this size together, the least used leave first. Default 1 GiB. */
  readonly cacheBytes?: number;
}

const MOST_NAMED = 10;

/**
 * Recordings in a folder, decoded when they are wanted.
 *
 * @throws RangeError that names the files that are not there
 */
export function openWavClips(options: WavClipsOptions): ClipSource {
  const { folder, ids, samplingRate, cacheBytes = 2 ** 30 } = options;
  const pathOf = (id: string) => join(folder, `${id}.wav`);
  const missing = ids.map(pathOf).filter((path) => !existsSync(path));
  if (missing.length > 0) {
    const named = missing.slice(0, MOST_NAMED).join(', ');
    const more = missing.length > MOST_NAMED ? ` and ${missing.length - MOST_NAMED} more` : '';
    throw new RangeError(
      `${folder}: ${missing.length} of ${ids.length} recordings must be there, but are not: ${named}${more}; correct the list or the folder of recordings`,
    );
  }
  const cache = new Map<number, Float32Array>();
  let held = 0;
  return {
    ids,
    async load(index) {
      const cached = cache.get(index);
      if (cached) {
        // Moves to the end: Map keeps the order of insertion.
        cache.delete(index);
        cache.set(index, cached);
        return cached;
      }
      const audio = await readClip(pathOf(ids[index]), samplingRate);
      if (!cache.has(index) && audio.byteLength <= cacheBytes) {
        cache.set(index, audio);
        held += audio.byteLength;
        for (const [oldest, { byteLength }] of cache) {
          if (held <= cacheBytes) break;
          cache.delete(oldest);
          held -= byteLength;
        }
      }
      return audio;
    },
  };
}

/** @throws where the file is no WAV, has another rate, no samples, or one that is not a number */
export async function readClip(path: string, samplingRate: number): Promise<Float32Array> {
  const wav = decoded(await readFile(path), path);
  if (wav.samplingRate !== samplingRate) {
    throw new RangeError(`${path}: ${wrongRate(wav.samplingRate, samplingRate)}`);
  }
  const audio = toMono(wav.channels);
  if (audio.length === 0) throw new RangeError(`${path}: ${NO_SAMPLES}`);
  return peakNormalized(audio, path);
}

/** Why a recording of another rate is refused. */
export function wrongRate(rate: number, samplingRate: number): string {
  return `it has ${rate} Hz and must have ${samplingRate}, the configuration's sampling_rate; resample the recordings: hifigan prepare`;
}

export const NO_SAMPLES =
  'it has no samples and must have some, because there is nothing to learn from; remove it from the list';

function decoded(bytes: Uint8Array, path: string): WavAudio {
  try {
    return readWav(bytes, path);
  } catch (error) {
    // Without the advice to programmers.
    throw error instanceof WavError ? new WavError(path, error.problem) : error;
  }
}
