import { MPEGDecoder } from 'mpg123-decoder';
import { COPY_AGAIN, fail } from '../audio-error.js';
import type { ByteFeed } from '../byte-feed.js';
import { joined } from '../joined.js';
import { openDecoder } from '../open-decoder.js';
import { type OpenedAudio, PIECE_SAMPLES } from '../opened-audio.js';
import { recordedSamples } from './recorded-samples.js';
import { readMp3Head, walkFrames } from './walk-frames.js';

/**
 * @returns without the samples that the encoder added, where it tells how many they are
 * @throws Problem where it is damaged or cut off
 */
export async function openMp3(feed: ByteFeed): Promise<OpenedAudio> {
  const head = await feed.read(readMp3Head(feed.window));
  const { first, info } = head;
  const { samplingRate, channelCount } = first;
  const about = { format: 'mp3', encoding: 'mp3', samplingRate, channelCount } as const;
  const frames = info?.frames === undefined ? undefined : recordedSamples(head, info.frames);
  return { ...about, frames, pieces };

  async function* pieces() {
    const decoder = await openDecoder(() => new MPEGDecoder({ enableGapless: true }));
    try {
      let made = 0;
      const parts = feed.parts(walkFrames(feed.window, head), PIECE_SAMPLES, () => first.samples);
      let part = await parts.next();
      for (; !part.done; part = await parts.next()) {
        const bytes = joined(part.value);
        const { channelData, samplesDecoded } = await decoder.decode((one) => one.decode(bytes));
        made += samplesDecoded;
        // The library makes two channels of one.
        yield channelData.slice(0, channelCount);
      }
      const wanted = recordedSamples(head, part.value);
      if (made !== wanted) {
        fail(`it is damaged: of ${wanted} samples its decoder made ${made}. ${COPY_AGAIN}`);
      }
    } finally {
      decoder.free();
    }
  }
}
