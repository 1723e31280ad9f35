import { COPY_AGAIN, fail, named, withName } from './audio-error.js';
import type { AudioFormat } from './audio-format.js';
import { type AudioBytes, ByteFeed } from './byte-feed.js';
import type { ByteWindow, Parsing } from './byte-window.js';
import type { OpenedAudio } from './opened-audio.js';
import { recognizeAudio, refuseUnknown } from './recognize-audio.js';
import { skipId3 } from './tags.js';
import { openWav } from './wav/decode-wav.js';

/** A recording that is decoded while its bytes come. */
export interface AudioStream {
  readonly format: AudioFormat;
  /** How the samples are stored: `pcm16`, `flac24`, `mp3`, `vorbis`, `opus`. */
  readonly encoding: string;
  /** Hz. Of Opus always 48000, whatever was recorded. */
  readonly samplingRate: number;
  readonly channelCount: number;
  /**
   * Samples of each channel, where the beginning tells: undefined of Ogg, of MP3 without a first frame that counts,
   * and of pipes.
   */
  readonly frames: number | undefined;
  /**
   * One array a channel, all of one length, at least a sample, and yours; together they are what `decodeAudio` gives.
   * Damage is told where it is met, when what lies before has come. Whoever stops early calls `return()`, as `break`
   * in a loop does, and decoder and bytes are let go.
   *
   * @throws AudioError as `decodeAudio` does, the signal's reason, and what the bytes throw
   */
  readonly pieces: AsyncGenerator<Float32Array[], void, undefined>;
}

export interface AudioStreamOptions {
  /** What to call it in errors (a path or URL). */
  readonly where?: string;
  /** Size of the whole file, where it is known: a WAV file that is cut off is then refused at once, not at its end. */
  readonly fileBytes?: number;
  /** Ends the decoding, even while bytes are waited for. */
  readonly signal?: AbortSignal;
}

type Open = (feed: ByteFeed, fileBytes?: number) => Promise<OpenedAudio>;

/** Loaded when a file of the format is met: whoever reads WAV alone pays for nothing else. */
const OPEN: Readonly<Record<AudioFormat, () => Promise<Open>>> = {
  wav: async () => openWav,
  flac: async () => (await import('./flac/decode-flac.js')).openFlac,
  mp3: async () => (await import('./mp3/decode-mp3.js')).openMp3,
  vorbis: async () => (await import('./ogg/decode-ogg.js')).openOgg,
  opus: async () => (await import('./ogg/decode-ogg.js')).openOgg,
  'ogg-flac': async () => (await import('./ogg/decode-ogg.js')).openOgg,
};

/**
 * Decodes a recording of any format that {@link decodeAudio} reads while its bytes come. It needs memory for a frame
 * or page and what was made of it, however long the recording is.
 *
 * @param bytes of any lengths; their memory may be used anew when the next are asked for
 * @throws AudioError where its beginning shows that it cannot be read; the signal's reason; what the bytes throw
 */
export async function decodeAudioStream(
  bytes: AudioBytes,
  { where = 'recording', fileBytes, signal }: AudioStreamOptions = {},
): Promise<AudioStream> {
  const feed = new ByteFeed(bytes, signal);
  try {
    const { pieces, ...about } = await named(where, async () => {
      const open = await OPEN[await feed.read(recognize(feed.window))]();
      return open(feed, fileBytes);
    });
    const generator = checked(pieces(), { where, feed });
    // It stands in its middle then, so that `return()` runs to its end even where nobody ever read.
    await generator.next();
    return { ...about, pieces: generator };
  } catch (error) {
    await feed.close();
    throw error;
  }
}

/** Of recognizing: an MP3 file must show two frames, the longest of which has some 1,441 bytes. */
const HEAD_BYTES = 2048;

function* recognize(window: ByteWindow): Parsing<never, AudioFormat> {
  let wanted = 0;
  // What stands before the sound, pictures among it, is looked at whole.
  for (let next = HEAD_BYTES; next > wanted; next = skipId3(window.bytes) + HEAD_BYTES) {
    wanted = next;
    yield* window.hold(wanted);
  }
  return recognizeAudio(window.bytes) ?? refuseUnknown(window.bytes);
}

async function* checked(
  pieces: AsyncGenerator<Float32Array[]>,
  { where, feed }: { readonly where: string; readonly feed: ByteFeed },
): AsyncGenerator<Float32Array[], void, undefined> {
  try {
    yield [];
    let samples = 0;
    for await (const channels of pieces) {
      if (!channels[0]?.length) continue;
      checkFinite(channels, samples);
      samples += channels[0].length;
      yield channels;
    }
  } catch (error) {
    throw withName(where, error);
  } finally {
    await feed.close();
  }
}

function checkFinite(channels: readonly Float32Array[], first: number): void {
  for (const [index, channel] of channels.entries()) {
    const at = channel.findIndex((value) => !Number.isFinite(value));
    if (at < 0) continue;
    fail(
      `it is damaged: sample ${first + at} of channel ${index} becomes ${channel[at]}. ${COPY_AGAIN}, or leave it out`,
    );
  }
}
