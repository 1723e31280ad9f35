import { OggVorbisDecoder } from '@wasm-audio-decoders/ogg-vorbis';
import { COPY_AGAIN, fail } from '../audio-error.js';
import { joined } from '../joined.js';
import { type OpenDecoder, openDecoder } from '../open-decoder.js';
import { GranuleGate } from './granule-gate.js';
import type { LinkDecoder } from './link-decoder.js';
import { PacketReader, type Page } from './pages.js';
import { readVorbisHeader } from './vorbis-header.js';

/** Head, comments and setup. */
const HEADER_PACKETS = 3;

export function decodeVorbis(head: Page): LinkDecoder {
  const packets = new PacketReader();
  const headers = packets.push(head);
  const { samplingRate, channelCount } = readVorbisHeader(headers[0]);
  const gate = new GranuleGate();
  /** Pages of headers that are not whole yet. */
  const waiting = [head.bytes];
  let decoder: OpenDecoder<OggVorbisDecoder> | undefined;
  let right = false;

  const decode = async (
    work: (one: OggVorbisDecoder) => ReturnType<OggVorbisDecoder['decode']>,
  ) => {
    decoder ??= await openDecoder(() => new OggVorbisDecoder());
    const { channelData, sampleRate, samplesDecoded } = await decoder.decode(work);
    const same = sampleRate === samplingRate && channelData.length === channelCount;
    if (samplesDecoded > 0 && !same) refuse();
    right ||= same;
    return samplesDecoded > 0 ? channelData : [];
  };
  return {
    ...{ encoding: 'vorbis', samplingRate, channelCount },
    async push(page) {
      const some = packets.push(page);
      if (headers.length < HEADER_PACKETS)
        headers.push(...some.slice(0, HEADER_PACKETS - headers.length));
      waiting.push(page.bytes);
      if (headers.length < HEADER_PACKETS) return gate.push([], page.granule);
      checkSetup(headers);
      const bytes = joined(waiting.splice(0));
      return gate.push(await decode((one) => one.decode(bytes)), page.granule);
    },
    async end() {
      packets.end();
      checkSetup(headers);
      // The library keeps a page until it sees the next.
      const rest = gate.push(await decode((one) => one.flush()), undefined);
      if (!right) refuse();
      return rest;
    },
    free: () => decoder?.free(),
  };
}

/** The library looks for the last bit that is set, and for ever where there is none. */
function checkSetup([, comment, setup]: readonly Uint8Array[]): void {
  if (!comment || !setup || setup[setup.length - 1] === 0) {
    fail(`it is damaged: its headers are not whole. ${COPY_AGAIN}`);
  }
}

function refuse(): never {
  return fail(`it is damaged: its decoder made something else of it. ${COPY_AGAIN}`);
}
