import type { AudioHeader } from '../audio-format.js';
import { type Link, readLinks } from './links.js';
import { readOggFlacInfo } from './ogg-flac-info.js';
import { readOpusHeader } from './opus-header.js';
import { readPackets, readPages } from './pages.js';
import { readVorbisHeader } from './vorbis-header.js';

/** @param bytes the whole file */
export function readOggHeader(bytes: Uint8Array): AudioHeader {
  const headers = readLinks(readPages(bytes)).map(headerOf);
  return { ...headers[0], frames: headers.reduce((sum, { frames }) => sum + frames, 0) };
}

function headerOf({ format, pages, granule }: Link): AudioHeader {
  const [head] = readPackets(pages.slice(0, 1));
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
