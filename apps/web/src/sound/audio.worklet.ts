/// <reference path="./worklet-scope.d.ts" />
import { SpeakerQueue } from './speaker-queue.js';

/** Samples that go out together: a message for each block of 128 would be too many. */
const BATCH = 1024;

/** On the context's clock, in samples, the place of the first sample that was handed to a port: both processors' scope is one. */
let heardFrom = 0;

/** What a speaker tells of itself, now and then. */
export interface SpeakerNews {
  /** Seconds from a sound's arrival here to its synthetic one's leaving. */
  readonly latency: number;
  /** Times that nothing was there to be played. */
  readonly gaps: number;
}

/** Hands out what comes in: to its port, or to a port that it is given. */
class Capture extends AudioWorkletProcessor {
  #batch = new Float32Array(BATCH);
  #filled = 0;
  #samples = 0;
  #to: MessagePort = this.port;

  constructor() {
    super();
    this.port.onmessage = ({ data }: MessageEvent<MessagePort>) => {
      this.#to = data;
      // What was heard before goes nowhere.
      this.#filled = 0;
      this.#samples = 0;
    };
  }

  override process([input]: Float32Array[][]): boolean {
    const channels = input ?? [];
    if (channels.length === 0) return true;
    // Anew each time, since blocks without channels are passed over.
    heardFrom = currentFrame - this.#samples;
    this.#samples += channels[0].length;
    for (let i = 0; i < channels[0].length; i++) {
      let sum = 0;
      for (const channel of channels) sum += channel[i];
      this.#batch[this.#filled++] = sum / channels.length;
      if (this.#filled < BATCH) continue;
      this.#to.postMessage(this.#batch, [this.#batch.buffer]);
      this.#batch = new Float32Array(BATCH);
      this.#filled = 0;
    }
    return true;
  }
}

/** Plays what comes through a port that it is given, and tells how late it is. */
class Speaker extends AudioWorkletProcessor {
  readonly #queue = new SpeakerQueue(sampleRate);
  #from: MessagePort | undefined;
  #blocks = 0;

  constructor() {
    super();
    this.port.onmessage = ({ data }: MessageEvent<MessagePort>) => {
      this.#from = data;
      data.onmessage = ({ data: samples }: MessageEvent<Float32Array>) => this.#queue.push(samples);
    };
  }

  override process(_inputs: Float32Array[][], [output]: Float32Array[][]): boolean {
    const { position, gaps } = this.#queue;
    // Before anything was heard there is no telling.
    if (position > 0 && this.#blocks++ % 32 === 0) {
      // Samples keep their places on the way, so that what is played now was heard at this place.
      const latency = (currentFrame - heardFrom - position) / sampleRate;
      this.#from?.postMessage({ latency, gaps } satisfies SpeakerNews);
    }
    const [channel, ...others] = output;
    this.#queue.pull(channel);
    for (const other of others) other.set(channel);
    return true;
  }
}

registerProcessor('capture', Capture);
registerProcessor('speaker', Speaker);
