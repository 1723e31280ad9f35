import type { AudioHeader } from '../audio-format.js';
import { ByteWindow, parsed } from '../byte-window.js';
import { type OggFormat, readLinks } from './links.js';
import { readOggFlacInfo } from './ogg-flac-info.js';
import { readOpusHeader } from './opus-header.js';
import { PacketReader, type Page } from './pages.js';
import { readVorbisHeader } from './vorbis-header.js';

/** @param bytes the whole file */
export function readOggHeader(bytes: Uint8Array): AudioHeader {
  const links: { format: OggFormat; head: Page; granule: number }[] = [];
  for (const { page, format, begins } of parsed(readLinks(ByteWindow.of(bytes)))) {
    if (begins) links.push({ format, head: page, granule: 0 });
    if (page.granule !== undefined) links[links.length - 1].granule = page.granule;
  }
  const headers = links.map(headerOf);
  return { ...headers[0], frames: headers.reduce((sum, { frames }) => sum + frames, 0) };
}

function headerOf({
  format,
  head: page,
  granule,
}: {
  readonly format: OggFormat;
  readonly head: Page;
  readonly granule: number;
}): AudioHeader {
  const [head] = new PacketReader().push(page);
  if (format === 'vorbis') {
    return { format, encoding: format, ...readVorbisHeader(head), frames: granule };
  }
  if (format === 'opus') {
    const { channelCount, preSkip } = readOpusHeader(head);
    const frames = Math.max(0, granule - preSkip);
    return { format, encoding: format, samplingRate: 48000, channelCount, frames };
  }
  const { samplingRate, channelCount, bits, samples } = readOggFlacInfo(head);
  const frames = samples || granule;
  return { format, encoding: `flac${bits}`, samplingRate, channelCount, frames };
}
