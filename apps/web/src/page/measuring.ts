import { batch, signal } from '@preact/signals';
import { Client, type WorkerLike } from '../client.js';
import type { Measurable, MeasureProgress, Measures } from '../protocol.js';
import type { Messages } from './messages.js';

/** What a failure of its Worker is told by. */
const WORDS = { name: 'the Worker that measures', cure: 'measure a shorter sound' };

export interface MeasuringOptions {
  /** What is to be measured, as of now. */
  readonly pair: (signal: AbortSignal) => Promise<Measurable>;
  /** Starts a Worker that measures, and nothing else. */
  readonly start: () => WorkerLike;
  readonly messages: Messages;
}

/**
 * How far what was spoken lies from the recording. Found in a Worker of its own: of minutes of sound it takes minutes,
 * and the studio's answers meanwhile.
 */
export class Measuring {
  readonly result = signal<Measures | 'busy' | undefined>(undefined);
  readonly progress = signal<MeasureProgress | undefined>(undefined);
  readonly #options: MeasuringOptions;
  #present: AbortController | undefined;

  constructor(options: MeasuringOptions) {
    this.#options = options;
  }

  /** Ends a measuring before it. What fails is told; what is stopped ends without a word. */
  async measure(): Promise<void> {
    this.stop();
    const { pair, start, messages } = this.#options;
    const stop = new AbortController();
    this.#present = stop;
    this.result.value = 'busy';
    let worker: Client | undefined;
    try {
      const sounds = await pair(stop.signal);
      worker = new Client(start(), WORDS);
      const measures = await worker.call('measure', sounds, {
        signal: stop.signal,
        transfer: [sounds.original.buffer, sounds.generated.buffer],
        onProgress: (progress) => {
          this.progress.value = progress;
        },
      });
      if (this.#present === stop) this.result.value = measures;
    } catch (error) {
      // Where it was stopped nobody waits for it.
      if (this.#present !== stop) return;
      this.result.value = undefined;
      messages.tellError(error);
    } finally {
      // Its memory goes with it.
      worker?.end();
      if (this.#present === stop) {
        this.#present = undefined;
        this.progress.value = undefined;
      }
    }
  }

  stop(): void {
    this.#present?.abort(new DOMException('cancelled', 'AbortError'));
    this.#present = undefined;
    batch(() => {
      this.progress.value = undefined;
      if (this.result.value === 'busy') this.result.value = undefined;
    });
  }

  /** Of a sound that is no longer there. */
  forget(): void {
    this.stop();
    this.result.value = undefined;
  }
}
