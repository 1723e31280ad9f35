import type { DecodedAudio } from './audio-format.js';
import { decodeAudioStream } from './decode-audio-stream.js';
import { joinedSamples } from './joined.js';

/**
 * Decodes a recording: WAV, FLAC, MP3, Ogg Vorbis, Ogg Opus or Ogg FLAC, by what its bytes say. All of it is there
 * afterwards, or nothing: a file that is cut off or damaged is refused as far as its format lets that be seen.
 *
 * @param bytes the whole file
 * @param name what to call it in errors
 * @throws AudioError where the file is none of these, is damaged, cut off, changes its rate or number of channels, or
 * holds NaN or infinity
 */
export async function decodeAudio(bytes: Uint8Array, name: string): Promise<DecodedAudio> {
  const { pieces, format, encoding, samplingRate, channelCount } = await decodeAudioStream(
    [bytes],
    {
      where: name,
      fileBytes: bytes.length,
    },
  );
  const parts: Float32Array[][] = [];
  for await (const piece of pieces) parts.push(piece);
  const channels = Array.from({ length: channelCount }, (_, index) =>
    joinedSamples(parts.map((part) => part[index])),
  );
  return { samplingRate, channels, format, encoding };
}
