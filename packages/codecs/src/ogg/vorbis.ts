import { OggVorbisDecoder } from '@wasm-audio-decoders/ogg-vorbis';
import { COPY_AGAIN, fail } from '../audio-error.js';
import type { DecodedAudio } from '../audio-format.js';
import { withDecoder } from '../with-decoder.js';
import type { Link } from './links.js';
import { joined, readPackets } from './pages.js';
import { readVorbisHeader } from './vorbis-header.js';

export async function decodeVorbis({ pages, granule }: Link): Promise<DecodedAudio> {
  const [head, comment, setup] = readPackets(pages);
  const { samplingRate, channelCount } = readVorbisHeader(head);
  // The library looks for the last bit that is set, and for ever where there is none.
  if (!comment || !setup || setup[setup.length - 1] === 0) {
    return fail(`it is damaged: its headers are not whole. ${COPY_AGAIN}`);
  }
  const decoded = await withDecoder(
    () => new OggVorbisDecoder(),
    (decoder) => decoder.decodeFile(joined(pages.map((page) => page.bytes))),
  );
  if (decoded.sampleRate !== samplingRate || decoded.channelData.length !== channelCount) {
    return fail(`it is damaged: its decoder made something else of it. ${COPY_AGAIN}`);
  }
  const channels = decoded.channelData.map((channel) =>
    channel.length > granule ? channel.subarray(0, granule) : channel,
  );
  return { samplingRate, channels, format: 'vorbis', encoding: 'vorbis' };
}
