import { signal } from '@preact/signals';
import { type Recorded, Recorder } from '../sound/recorder.js';
import type { Messages } from './messages.js';

/** Seconds that are recorded at most. */
const LONGEST = 300;

export interface RecordingOptions {
  readonly messages: Messages;
  /** Told when the microphone hears. */
  readonly onStart: () => void;
  /** Told of what was heard, also where the microphone went away or the time was over. */
  readonly onEnd: (recorded: Recorded) => Promise<void>;
}

/** A recording of the microphone in the making. */
export class Recording {
  /** So far; undefined where none is made. */
  readonly seconds = signal<number | undefined>(undefined);
  readonly #options: RecordingOptions;
  #recorder: Recorder | undefined;

  constructor(options: RecordingOptions) {
    this.#options = options;
  }

  /** Nothing where one is made already. */
  async start(): Promise<void> {
    if (this.seconds.value !== undefined) return;
    const { messages, onStart } = this.#options;
    this.seconds.value = 0;
    try {
      this.#recorder = await Recorder.start(
        (seconds) => {
          this.seconds.value = seconds;
          if (seconds >= LONGEST) void this.stop();
        },
        () => {
          messages.tell('notice', 'The microphone is gone; what it heard before is there.');
          void this.stop();
        },
      );
      onStart();
    } catch (error) {
      this.seconds.value = undefined;
      messages.tellError(error);
    }
  }

  async stop(): Promise<void> {
    const recorder = this.#recorder;
    if (!recorder) return;
    this.#recorder = undefined;
    const recorded = await recorder.stop();
    this.seconds.value = undefined;
    const { messages, onEnd } = this.#options;
    if (recorded.samples.length > 0) return onEnd(recorded);
    messages.tell('error', 'microphone: nothing was heard; record a little longer');
  }
}
