import { toMono } from '@hifigan/audio';
import { audioExtensions, decodeAudio } from '@hifigan/codecs';

/** A recording as it stands in its file, mixed into one channel. */
export interface DecodedRecording {
  /** Hz */
  readonly samplingRate: number;
  readonly audio: Float32Array;
}

/** What a recording of a list may have behind its id, in the order in which they are looked for: `.wav` first. */
export const RECORDING_ENDINGS: readonly string[] = audioExtensions;

/** The id of a recording, of its file's name. */
export function withoutEnding(name: string): string {
  const ending = RECORDING_ENDINGS.find((one) => name.toLowerCase().endsWith(one));
  return ending === undefined ? name : name.slice(0, -ending.length);
}

/**
 * The one place where training decodes recordings: of any format that `@hifigan/codecs` reads, whatever they are
 * called.
 *
 * @throws AudioError where the bytes are no recording, or a damaged one
 */
export async function decodeRecording(bytes: Uint8Array, path: string): Promise<DecodedRecording> {
  const { samplingRate, channels } = await decodeAudio(bytes, path);
  return { samplingRate, audio: toMono(channels) };
}
