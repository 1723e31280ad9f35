import { createWavDecoder } from '@hifigan/audio';
import type { ByteFeed } from '../byte-feed.js';
import type { OpenedAudio } from '../opened-audio.js';

/** @param fileBytes size of the whole file, where it is known: what is cut off is then refused at once */
export async function openWav(feed: ByteFeed, fileBytes?: number): Promise<OpenedAudio> {
  const decoder = createWavDecoder({ fileBytes });
  let first: Float32Array[] = [];
  let ended = false;
  while (!decoder.header) {
    const some = await feed.next();
    ended = some === undefined;
    first = some ? decoder.push(some) : decoder.end();
  }
  const { format: encoding, samplingRate, channelCount, frames } = decoder.header;
  const known = Number.isFinite(frames) ? frames : undefined;
  return { format: 'wav', encoding, samplingRate, channelCount, frames: known, pieces };

  async function* pieces() {
    yield first;
    first = [];
    if (ended) return;
    for (let some = await feed.next(); some; some = await feed.next()) yield decoder.push(some);
    yield decoder.end();
  }
}
