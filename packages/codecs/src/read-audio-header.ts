import { readWavHeader } from '@hifigan/audio';
import { namedNow } from './audio-error.js';
import type { AudioHeader } from './audio-format.js';
import { ByteWindow, resultOf } from './byte-window.js';
import { readFlacHeader } from './flac/read-flac-header.js';
import { recordedSamples } from './mp3/recorded-samples.js';
import { readMp3Head, walkFrames } from './mp3/walk-frames.js';
import { readOggHeader } from './ogg/read-ogg-header.js';
import { recognizeAudio, refuseUnknown } from './recognize-audio.js';

export interface ReadAudioHeaderOptions {
  /** Size of the whole file. */
  readonly fileBytes: number;
  /** What to call it in errors (a path or URL). */
  readonly where?: string;
}

/**
 * What a recording says of itself, from its first bytes where that suffices (WAV and FLAC: some hundred), without
 * decoding. Of MP3 and Ogg the whole file must be looked through, as only its end tells how long it is.
 *
 * @param head the first bytes of the file, or all
 * @returns undefined where more of the file must be known; never so where all is given
 * @throws AudioError where the file is no recording that can be read, or is seen to be cut off
 */
export function readAudioHeader(
  head: Uint8Array,
  { fileBytes, where = 'recording' }: ReadAudioHeaderOptions,
): AudioHeader | undefined {
  return namedNow(where, () => {
    const whole = head.length >= fileBytes;
    const format = recognizeAudio(head);
    if (!format) return whole || head.length >= LEAST_BYTES ? refuseUnknown(head) : undefined;
    if (format === 'wav') {
      const header = readWavHeader(head, { fileBytes });
      return header && { ...header, format, encoding: header.format };
    }
    if (format === 'flac') return readFlacHeader(head, whole);
    if (!whole) return undefined;
    if (format !== 'mp3') return readOggHeader(head);
    const window = ByteWindow.of(head);
    const first = resultOf(readMp3Head(window));
    const frames = recordedSamples(first, resultOf(walkFrames(window, first)));
    const { samplingRate, channelCount } = first.first;
    return { format, encoding: 'mp3', samplingRate, channelCount, frames };
  });
}

/** Fewer may not tell what a file is. */
const LEAST_BYTES = 256;
