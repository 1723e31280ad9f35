import { CONVERT, fail } from '../audio-error.js';
import type { DecodedAudio } from '../audio-format.js';
import { type Link, type OggFormat, readLinks } from './links.js';
import { readPages } from './pages.js';

/** Loaded when one of them is met. */
const DECODERS: Readonly<Record<OggFormat, () => Promise<(link: Link) => Promise<DecodedAudio>>>> =
  {
    vorbis: async () => (await import('./vorbis.js')).decodeVorbis,
    opus: async () => (await import('./opus.js')).decodeOpus,
    'ogg-flac': async () => (await import('./ogg-flac.js')).decodeOggFlac,
  };

/**
 * @param bytes a whole Ogg file, or several one behind the other, which are joined
 * @throws Problem where it is damaged, cut off, or of a kind that cannot be read
 */
export async function decodeOgg(bytes: Uint8Array): Promise<DecodedAudio> {
  const links = readLinks(readPages(bytes));
  const decode = await DECODERS[links[0].format]();
  const parts: DecodedAudio[] = [];
  for (const link of links) parts.push(await decode(link));
  if (parts.length === 1) return parts[0];
  const [first, ...others] = parts;
  for (const { samplingRate, channels } of others) {
    if (samplingRate !== first.samplingRate || channels.length !== first.channels.length) {
      return fail(
        `it changes from ${first.channels.length} channels at ${first.samplingRate} Hz to ${channels.length} at ${samplingRate} Hz; only one can be. ${CONVERT}`,
      );
    }
  }
  const channels = first.channels.map((_, index) =>
    concatenated(parts.map((part) => part.channels[index])),
  );
  return { ...first, channels };
}

function concatenated(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
