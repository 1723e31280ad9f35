import { CONVERT, COPY_AGAIN, fail } from '../audio-error.js';
import type { ByteFeed } from '../byte-feed.js';
import type { OpenedAudio } from '../opened-audio.js';
import type { LinkDecoder } from './link-decoder.js';
import { type OggFormat, readLinks } from './links.js';
import type { Page } from './pages.js';

/** Loaded when one of them is met. */
const DECODERS: Readonly<Record<OggFormat, () => Promise<(head: Page) => LinkDecoder>>> = {
  vorbis: async () => (await import('./vorbis.js')).decodeVorbis,
  opus: async () => (await import('./opus.js')).decodeOpus,
  'ogg-flac': async () => (await import('./ogg-flac.js')).decodeOggFlac,
};

/**
 * @param feed of an Ogg file, or of several one behind the other, which are joined
 * @throws Problem where it is damaged, cut off, or of a kind that cannot be read
 */
export async function openOgg(feed: ByteFeed): Promise<OpenedAudio> {
  const pages = feed.parts(readLinks(feed.window));
  const { value: heads } = await pages.next();
  if (!heads) return fail(`it is cut off at its beginning. ${COPY_AGAIN}`);
  const [{ format, page: head }] = heads;
  const begin = await DECODERS[format]();
  const first = begin(head);
  const { encoding, samplingRate, channelCount } = first;
  return { format, encoding, samplingRate, channelCount, frames: undefined, pieces };

  async function* pieces() {
    let decoder = first;
    try {
      for await (const [{ page, begins }] of pages) {
        if (begins) {
          yield* await decoder.end();
          decoder.free();
          decoder = begin(page);
          checkSame(first, decoder);
        } else {
          yield* await decoder.push(page);
        }
      }
      yield* await decoder.end();
    } finally {
      decoder.free();
    }
  }
}

function checkSame(first: LinkDecoder, { samplingRate, channelCount }: LinkDecoder): void {
  if (samplingRate !== first.samplingRate || channelCount !== first.channelCount) {
    fail(
      `it changes from ${first.channelCount} channels at ${first.samplingRate} Hz to ${channelCount} at ${samplingRate} Hz; only one can be. ${CONVERT}`,
    );
  }
}
