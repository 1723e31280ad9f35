import { createProfileAnalysis, melPieces, resampleStream } from '@hifigan/audio';
import type { Vocoder } from '@hifigan/vocoder';
import type { LiveEnd, LiveProgress, LiveStart } from '../protocol.js';
import type { CallTools } from './serve.js';

/** Frames that are analysed, and spoken, at once: fewer are sooner heard and more work. */
const FRAMES = 8;
/** Frames that are waited for before those before them are spoken: with 4 of 13 nothing is heard of it. */
const LOOK_AHEAD = 4;
/** Seconds of sound that may wait: beyond, this machine does not keep up. */
const MOST_BEHIND = 1.5;

/** What the speaker's worklet tells. */
export interface SpeakerNews {
  /** Samples that wait to be played. */
  readonly waiting: number;
  readonly gaps: number;
}

/**
 * Speaks what the microphone hears, while it hears it, until the page ends it or computing falls behind.
 *
 * @param vocoder which others must leave alone meanwhile
 */
export async function runLive(
  vocoder: Vocoder,
  { microphone, speaker, contextRate }: LiveStart,
  { signal, progress }: CallTools<LiveProgress>,
): Promise<LiveEnd> {
  const { sampling_rate: rate, hop_size: hop } = vocoder.config;
  await vocoder.warmup(FRAMES);
  const heard = new Heard(microphone, contextRate * MOST_BEHIND);
  let news: SpeakerNews = { waiting: 0, gaps: 0 };
  speaker.onmessage = ({ data }: MessageEvent<SpeakerNews>) => {
    news = data;
  };
  const stop = new AbortController();
  const end = () => {
    heard.end();
    stop.abort();
  };
  signal.addEventListener('abort', end, { once: true });
  heard.onOverflow = end;
  let made = 0;
  let busySince = performance.now();
  let [busy, since] = [0, 0];
  try {
    const sound = resampleStream(heard, contextRate, rate);
    // Waiting for the microphone is no work: what is measured lies between two samples' coming.
    const timed = (async function* () {
      for await (const piece of sound) {
        busySince = performance.now();
        yield piece;
        busy += performance.now() - busySince;
        since += piece.length / rate;
      }
    })();
    const mels = melPieces(timed, createProfileAnalysis(vocoder.profile), { frames: FRAMES });
    const spoken = vocoder.stream(mels, {
      ...{ chunkFrames: FRAMES, lookAhead: LOOK_AHEAD, samplingRate: contextRate },
      signal: stop.signal,
    });
    for await (const part of spoken) {
      if (part.length === 0) continue;
      made += part.length;
      const samples = part.slice();
      speaker.postMessage(samples, [samples.buffer]);
      if (since < 0.25) continue;
      progress({
        latency: Math.max(0, (heard.samples - made + news.waiting) / contextRate),
        load: busy / 1000 / since,
        gaps: news.gaps,
      });
      [busy, since] = [0, 0];
    }
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  } finally {
    signal.removeEventListener('abort', end);
    microphone.close();
    speaker.close();
  }
  void hop;
  return { reason: heard.overflown ? 'too slow' : 'stopped', seconds: made / contextRate };
}

/** What the microphone heard and nobody has taken yet, in order. */
class Heard implements AsyncIterable<Float32Array> {
  readonly #parts: Float32Array[] = [];
  readonly #most: number;
  #waiting = 0;
  #wake: (() => void) | undefined;
  #ended = false;
  overflown = false;
  /** Told when more waits than may. */
  onOverflow: (() => void) | undefined;
  /** So many came. */
  samples = 0;

  /** @param most samples that may wait */
  constructor(port: MessagePort, most: number) {
    this.#most = most;
    port.onmessage = ({ data }: MessageEvent<Float32Array>) => {
      if (this.#ended) return;
      this.#parts.push(data);
      this.samples += data.length;
      this.#waiting += data.length;
      if (this.#waiting > this.#most) {
        this.overflown = true;
        this.onOverflow?.();
      }
      this.#wake?.();
    };
  }

  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Float32Array> {
    for (;;) {
      const part = this.#parts.shift();
      if (part) {
        this.#waiting -= part.length;
        yield part;
      } else if (this.#ended) return;
      else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }
}
