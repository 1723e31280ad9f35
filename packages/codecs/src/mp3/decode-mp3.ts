import { MPEGDecoder } from 'mpg123-decoder';
import { COPY_AGAIN, fail } from '../audio-error.js';
import type { DecodedAudio } from '../audio-format.js';
import { withDecoder } from '../with-decoder.js';
import { recordedSamples } from './recorded-samples.js';
import { walkFrames } from './walk-frames.js';

/**
 * @param bytes a whole MP3 file
 * @returns without the samples that the encoder added, where it tells how many they are
 * @throws Problem where it is damaged or cut off
 */
export async function decodeMp3(bytes: Uint8Array): Promise<DecodedAudio> {
  const stream = walkFrames(bytes);
  const { samplingRate, channelCount, start, end } = stream;
  const wanted = recordedSamples(stream);
  const { channelData, samplesDecoded } = await withDecoder(
    () => new MPEGDecoder({ enableGapless: true }),
    (decoder) => decoder.decode(bytes.subarray(start, end)),
  );
  if (samplesDecoded !== wanted) {
    return fail(
      `it is damaged: of ${wanted} samples its decoder made ${samplesDecoded}. ${COPY_AGAIN}`,
    );
  }
  // The library makes two channels of one.
  const channels = channelData.slice(0, channelCount);
  return { samplingRate, channels, format: 'mp3', encoding: 'mp3' };
}
