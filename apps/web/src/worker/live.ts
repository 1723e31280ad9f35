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

/** Seconds of sound between two reports. */
const TOLD_EVERY = 0.25;

/** What the speaker's worklet tells. */
export interface SpeakerNews {
  /** Samples that wait to be played. */
  readonly waiting: number;
  readonly gaps: number;
}

/** A voice, and how long it has computed. */
export interface LiveVoice {
  readonly vocoder: Vocoder;
  readonly clock: { readonly seconds: number };
}

/**
 * Speaks what the microphone hears, while it hears it, until the page ends it or computing falls behind.
 *
 * @param voice which others must leave alone meanwhile
 */
export async function runLive(
  { vocoder, clock }: LiveVoice,
  { microphone, speaker, contextRate }: LiveStart,
  { signal, progress }: CallTools<LiveProgress>,
): Promise<LiveEnd> {
  await vocoder.warmup(FRAMES);
  const stop = new AbortController();
  const end = () => {
    heard.end();
    stop.abort();
  };
  const heard = new Heard(microphone, contextRate * MOST_BEHIND, end);
  let news: SpeakerNews = { waiting: 0, gaps: 0 };
  speaker.onmessage = ({ data }: MessageEvent<SpeakerNews>) => {
    news = data;
  };
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  let made = 0;
  let tooSlow = false;
  const begun = clock.seconds;
  let told = { made: 0, computed: clock.seconds };
  try {
    const { sampling_rate: rate } = vocoder.config;
    const sound = resampleStream(heard, contextRate, rate);
    const mels = melPieces(sound, createProfileAnalysis(vocoder.profile), { frames: FRAMES });
    const spoken = vocoder.stream(mels, {
      ...{ chunkFrames: FRAMES, lookAhead: LOOK_AHEAD, samplingRate: contextRate },
      signal: stop.signal,
    });
    for await (const part of spoken) {
      if (part.length === 0) continue;
      made += part.length;
      const samples = part.slice();
      speaker.postMessage(samples, [samples.buffer]);
      // What the microphone hears meanwhile may not have been delivered yet: the computing itself tells.
      if (clock.seconds - begun - made / contextRate > MOST_BEHIND) {
        tooSlow = true;
        end();
        break;
      }
      const seconds = (made - told.made) / contextRate;
      if (seconds < TOLD_EVERY) continue;
      progress({
        latency: Math.max(0, (heard.samples - made + news.waiting) / contextRate),
        load: (clock.seconds - told.computed) / seconds,
        gaps: news.gaps,
      });
      told = { made, computed: clock.seconds };
    }
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  } finally {
    signal.removeEventListener('abort', end);
    microphone.close();
    speaker.close();
  }
  const reason = tooSlow || heard.overflown ? 'too slow' : 'stopped';
  return { reason, seconds: made / contextRate };
}

/** What the microphone heard and nobody has taken yet, in order. */
class Heard implements AsyncIterable<Float32Array> {
  readonly #parts: Float32Array[] = [];
  #waiting = 0;
  #wake: (() => void) | undefined;
  #ended = false;
  overflown = false;
  /** So many came. */
  samples = 0;

  /**
   * @param most samples that may wait
   * @param onOverflow told when more do
   */
  constructor(port: MessagePort, most: number, onOverflow: () => void) {
    port.onmessage = ({ data }: MessageEvent<Float32Array>) => {
      if (this.#ended) return;
      this.#parts.push(data);
      this.samples += data.length;
      this.#waiting += data.length;
      if (this.#waiting > most) {
        this.overflown = true;
        onOverflow();
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
      // What came while the voice computed is delivered between two tasks, and must be counted.
      await new Promise((resolve) => setTimeout(resolve));
      if (this.#ended) return;
      const part = this.#parts.shift();
      if (part) {
        this.#waiting -= part.length;
        yield part;
      } else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }
}
