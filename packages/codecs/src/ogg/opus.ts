import { OpusDecoder } from 'opus-decoder';
import { fail } from '../audio-error.js';
import type { DecodedAudio } from '../audio-format.js';
import { withDecoder } from '../with-decoder.js';
import type { Link } from './links.js';
import { readOpusHeader } from './opus-header.js';
import { readPackets } from './pages.js';

/** @returns at 48 kHz, with the gain that the file asks for, without what comes before and after the recording */
export async function decodeOpus({ pages, granule }: Link): Promise<DecodedAudio> {
  const [head, , ...packets] = readPackets(pages);
  const { channelCount, preSkip, gain, streamCount, coupledStreamCount, mapping } =
    readOpusHeader(head);
  const { channelData, samplesDecoded } = await withDecoder(
    () =>
      new OpusDecoder({
        channels: channelCount,
        streamCount,
        coupledStreamCount,
        channelMappingTable: [...mapping],
        preSkip: 0,
      }),
    (decoder) => decoder.decodeFrames(packets),
  );
  // A stream that was joined in its middle begins late and ends beyond its own samples.
  const end = Math.min(samplesDecoded, granule);
  if (end < preSkip) return fail('it has no sound; record or convert it again');
  const channels = channelData.map((channel) => channel.slice(preSkip, end));
  if (gain !== 1)
    for (const channel of channels) for (let i = 0; i < channel.length; i++) channel[i] *= gain;
  return { samplingRate: 48000, channels, format: 'opus', encoding: 'opus' };
}
