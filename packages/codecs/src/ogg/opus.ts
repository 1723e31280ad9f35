import { OpusDecoder } from 'opus-decoder';
import { fail } from '../audio-error.js';
import { type OpenDecoder, openDecoder } from '../open-decoder.js';
import { GranuleGate } from './granule-gate.js';
import type { LinkDecoder } from './link-decoder.js';
import { readOpusHeader } from './opus-header.js';
import { PacketReader, type Page } from './pages.js';

/** @returns at 48 kHz, with the gain that the file asks for, without what comes before and after the recording */
export function decodeOpus(head: Page): LinkDecoder {
  const packets = new PacketReader();
  const { channelCount, preSkip, gain, streamCount, coupledStreamCount, mapping } = readOpusHeader(
    packets.push(head)[0],
  );
  const gate = new GranuleGate();
  let decoder: OpenDecoder<OpusDecoder> | undefined;
  let tagged = false;
  let skipped = 0;
  return {
    ...{ encoding: 'opus', samplingRate: 48000, channelCount },
    async push(page) {
      const sound = packets.push(page);
      if (!tagged) tagged = sound.shift() !== undefined;
      decoder ??= await openDecoder(
        () =>
          new OpusDecoder({
            channels: channelCount,
            streamCount,
            coupledStreamCount,
            channelMappingTable: [...mapping],
            preSkip: 0,
          }),
      );
      const { channelData } = await decoder.decode((one) => one.decodeFrames(sound));
      return gate.push(channelData, page.granule).map(recorded);
    },
    async end() {
      packets.end();
      const { made, granule } = gate.state;
      if (Math.min(made, granule) < preSkip) fail('it has no sound; record or convert it again');
      return [];
    },
    free: () => decoder?.free(),
  };

  function recorded(channels: Float32Array[]): Float32Array[] {
    const from = Math.min(channels[0].length, preSkip - skipped);
    skipped += from;
    return channels.map((channel) => {
      const kept = from > 0 ? channel.slice(from) : channel;
      if (gain !== 1) for (let i = 0; i < kept.length; i++) kept[i] *= gain;
      return kept;
    });
  }
}
