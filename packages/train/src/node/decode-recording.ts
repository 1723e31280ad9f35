import { readWav, toMono, WavError } from '@hifigan/audio';

/** A recording as it stands in its file, mixed into one channel. */
export interface DecodedRecording {
  /** Hz */
  readonly samplingRate: number;
  readonly audio: Float32Array;
}

/** Names that a recording of a list may have behind its id, in the order in which they are looked for. */
export const RECORDING_ENDINGS = ['.wav'] as const;

/**
 * The one place where training decodes recordings.
 *
 * @throws where the bytes are no recording, or a damaged one
 */
export async function decodeRecording(bytes: Uint8Array, path: string): Promise<DecodedRecording> {
  try {
    const { samplingRate, channels } = readWav(bytes, path);
    return { samplingRate, audio: toMono(channels) };
  } catch (error) {
    // Without the advice to programmers.
    throw error instanceof WavError ? new WavError(path, error.problem) : error;
  }
}
