/// <reference path="./worklet-scope.d.ts" />

/** Samples that go out together: a message for each block of 128 would be too many. */
const BATCH = 1024;

/** Hands out what comes in: to its port, or to a port that it is given. */
class Capture extends AudioWorkletProcessor {
  #batch = new Float32Array(BATCH);
  #filled = 0;
  #to: MessagePort = this.port;

  constructor() {
    super();
    this.port.onmessage = ({ data }: MessageEvent<MessagePort>) => {
      this.#to = data;
    };
  }

  override process([input]: Float32Array[][]): boolean {
    const channels = input ?? [];
    if (channels.length === 0) return true;
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

/** Plays what comes through a port that it is given, and tells how much waits. */
class Speaker extends AudioWorkletProcessor {
  readonly #parts: Float32Array[] = [];
  #at = 0;
  #waiting = 0;
  #gaps = 0;
  /** Before the first sound, and after a gap, so much is waited for. */
  #starving = true;
  #from: MessagePort | undefined;
  #blocks = 0;

  constructor() {
    super();
    this.port.onmessage = ({ data }: MessageEvent<MessagePort>) => {
      this.#from = data;
      data.onmessage = ({ data: samples }: MessageEvent<Float32Array>) => {
        this.#parts.push(samples);
        this.#waiting += samples.length;
      };
    };
  }

  override process(_inputs: Float32Array[][], [output]: Float32Array[][]): boolean {
    const [channel] = output;
    if (this.#starving && this.#waiting >= sampleRate * 0.1) this.#starving = false;
    let filled = 0;
    while (!this.#starving && filled < channel.length) {
      const part = this.#parts[0];
      if (!part) {
        this.#starving = true;
        this.#gaps++;
        break;
      }
      const count = Math.min(part.length - this.#at, channel.length - filled);
      channel.set(part.subarray(this.#at, this.#at + count), filled);
      filled += count;
      this.#at += count;
      this.#waiting -= count;
      if (this.#at === part.length) {
        this.#parts.shift();
        this.#at = 0;
      }
    }
    for (const other of output.slice(1)) other.set(channel);
    if (this.#blocks++ % 32 === 0) {
      this.#from?.postMessage({ waiting: this.#waiting, gaps: this.#gaps });
    }
    return true;
  }
}

registerProcessor('capture', Capture);
registerProcessor('speaker', Speaker);
