import { createProfileAnalysis, type MelProfile, melPieces, resampleStream } from '@hifigan/audio';
import { receptiveField } from '@hifigan/models';
import type { Vocoder } from '@hifigan/vocoder';
import type { LiveEnd, LiveProgress, LiveStart, LiveWaits } from '../protocol.js';
import type { SpeakerNews } from '../sound/audio.worklet.js';
import type { CallTools } from './serve.js';

/** Frames that are spoken at once: fewer are sooner heard and more work. */
const FRAMES = 8;
/** Frames that are analysed at once, as few as can be: those that are waited for ahead come by so many. */
const ANALYSED = 2;
/** Seconds of sound that may wait: beyond, this machine does not keep up. */
const MOST_BEHIND = 1.5;

/** Seconds of sound between two reports. */
const TOLD_EVERY = 0.25;

/** A voice, and how long it has computed. */
export interface LiveVoice {
  readonly vocoder: Pick<Vocoder, 'config' | 'profile' | 'warmup' | 'stream'>;
  readonly clock: { readonly seconds: number };
}

/**
 * Speaks what the microphone hears, while it hears it, until the page ends it or computing falls behind.
 *
 * @param voice which others must leave alone meanwhile
 */
export async function runLive(
  { vocoder, clock }: LiveVoice,
  { microphone, speaker, contextRate, lookAhead }: LiveStart,
  { signal, progress }: CallTools<LiveProgress>,
): Promise<LiveEnd> {
  const stop = new AbortController();
  const end = () => {
    heard.end();
    stop.abort();
  };
  const heard = new Heard(microphone, contextRate * MOST_BEHIND, end);
  let news: SpeakerNews | undefined;
  speaker.onmessage = ({ data }: MessageEvent<SpeakerNews>) => {
    news = data;
  };
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  let made = 0;
  let tooSlow = false;
  try {
    const { config, profile } = vocoder;
    const { before, after } = receptiveField(config);
    // As much as a piece has with all that it depends on, before anything is heard.
    await vocoder.warmup(before + FRAMES + after, { signal: stop.signal });
    await heard.begin();
    const begun = clock.seconds;
    let told = { made: 0, computed: begun };
    const waits = waitsOf(profile, Math.min(lookAhead, after));
    const sound = resampleStream(heard, contextRate, config.sampling_rate);
    const mels = melPieces(sound, createProfileAnalysis(profile), { frames: ANALYSED });
    const spoken = vocoder.stream(mels, {
      ...{ chunkFrames: FRAMES, lookAhead, samplingRate: contextRate },
      // Each round would be heard four frames later.
      refine: 0,
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
      if (seconds < TOLD_EVERY || !news) continue;
      const { latency, gaps } = news;
      progress({
        latency: latency - heard.passedOver / contextRate,
        ...{ waits, gaps, load: (clock.seconds - told.computed) / seconds },
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

/** What is waited for by design. @param lookAhead frames */
function waitsOf(profile: MelProfile, lookAhead: number): LiveWaits {
  const { samplingRate, hopSize, fftSize, framing } = profile;
  const seconds = (samples: number) => samples / samplingRate;
  return {
    frames: seconds(FRAMES * hopSize),
    // How far a window reaches beyond the hop that its frame becomes.
    window: seconds(framing === 'centred' ? fftSize / 2 - hopSize : (fftSize - hopSize) / 2),
    lookAhead: seconds(lookAhead * hopSize),
  };
}

/** What the microphone heard and nobody has taken yet, in order. */
class Heard implements AsyncIterable<Float32Array> {
  readonly #parts: Float32Array[] = [];
  #waiting = 0;
  #wake: (() => void) | undefined;
  #begun = false;
  #ended = false;
  overflown = false;
  /** Samples that came before they were wanted. */
  passedOver = 0;

  /**
   * @param most samples that may wait
   * @param onOverflow told when more do
   */
  constructor(port: MessagePort, most: number, onOverflow: () => void) {
    port.onmessage = ({ data }: MessageEvent<Float32Array>) => {
      if (this.#ended) return;
      if (!this.#begun) {
        this.passedOver += data.length;
        return;
      }
      this.#parts.push(data);
      this.#waiting += data.length;
      if (this.#waiting > most) {
        this.overflown = true;
        onOverflow();
      }
      this.#wake?.();
    };
  }

  /** Keeps what comes from now on. */
  async begin(): Promise<void> {
    await delivered();
    this.#begun = true;
  }

  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Float32Array> {
    for (;;) {
      // What came while the voice computed must be counted.
      await delivered();
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

/** Messages are delivered between two tasks. */
const delivered = () => new Promise((resolve) => setTimeout(resolve));
