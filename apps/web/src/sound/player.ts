/** Which of two sounds is heard. */
export type Side = 'original' | 'generated';

/** Seconds of the crossing from one sound to the other: too short to be a fade, too long to be a click. */
const CROSSING = 0.012;

/** Samples that are copied in one task: of minutes at once the page would stand still. */
const COPIED = 2 ** 20;

interface Playing {
  readonly sources: readonly AudioBufferSourceNode[];
  /** Of the context's clock, and the position then. */
  readonly begin: number;
  readonly from: number;
}

/** Plays two sounds at once, of which one is heard, so that they can be switched where they are. */
export class Player {
  #context: AudioContext | undefined;
  #gains: Record<Side, GainNode> | undefined;
  #buffers: Partial<Record<Side, AudioBuffer>> = {};
  /** When what the buffers are to have is there. */
  readonly #filled: Partial<Record<Side, Promise<void>>> = {};
  #stretch = 1;
  #playing: Playing | undefined;
  #position = 0;
  #side: Side = 'generated';
  readonly #onEnd: () => void;

  constructor(onEnd: () => void) {
    this.#onEnd = onEnd;
  }

  /** How many times as long as the original the generated sound is; positions are those of the generated one. */
  set stretch(stretch: number) {
    this.pause();
    this.#stretch = stretch;
  }

  set(side: Side, audio: Float32Array<ArrayBuffer> | undefined, samplingRate: number): void {
    this.pause();
    if (!audio || audio.length === 0) {
      delete this.#buffers[side];
      return;
    }
    const buffer = new AudioBuffer({
      length: audio.length,
      numberOfChannels: 1,
      sampleRate: samplingRate,
    });
    this.#buffers[side] = buffer;
    this.#filled[side] = this.#fill(buffer, audio);
  }

  clear(): void {
    this.pause();
    this.#buffers = {};
    this.#position = 0;
  }

  get duration(): number {
    const { generated, original } = this.#buffers;
    if (generated) return generated.duration;
    return original ? original.duration * this.#stretch : 0;
  }

  get isPlaying(): boolean {
    return this.#playing !== undefined;
  }

  /** Seconds. */
  get position(): number {
    if (!this.#playing || !this.#context) return this.#position;
    const passed = Math.max(0, this.#context.currentTime - this.#playing.begin);
    return Math.min(this.#playing.from + passed * this.#scaleOf(this.#heard), this.duration);
  }

  /** Whether there is something to hear on that side. */
  has(side: Side): boolean {
    return this.#buffers[side] !== undefined;
  }

  get side(): Side {
    return this.#side;
  }

  set side(side: Side) {
    if (this.#stretch !== 1 && this.#playing && side !== this.#side) {
      // They do not run beside each other: the other begins anew, where it says the same.
      this.pause();
      this.#side = side;
      void this.play();
      return;
    }
    this.#side = side;
    if (!this.#gains || !this.#context) return;
    const now = this.#context.currentTime;
    for (const [name, { gain }] of Object.entries(this.#gains)) {
      gain.cancelScheduledValues(now);
      gain.setTargetAtTime(name === this.#heard ? 1 : 0, now, CROSSING / 3);
    }
  }

  async play(): Promise<void> {
    if (this.#playing || this.duration === 0) return;
    this.#context ??= new AudioContext();
    const context = this.#context;
    this.#gains ??= { original: silentGain(context), generated: silentGain(context) };
    await Promise.all([context.resume(), ...Object.values(this.#filled)]);
    if (this.#playing || this.duration === 0) return;
    if (this.#position >= this.duration - 0.01) this.#position = 0;
    const begin = context.currentTime + 0.02;
    const sources = Object.entries(this.#buffers).map(([side, buffer]) => {
      const source = new AudioBufferSourceNode(context, { buffer });
      source.connect(this.#gains![side as Side]);
      source.start(begin, this.#position / this.#scaleOf(side as Side));
      return source;
    });
    const playing = { sources, begin, from: this.#position };
    this.#playing = playing;
    // They end together, within a frame, or the other is not heard.
    const leading = sources.find(({ buffer }) => buffer === this.#buffers[this.#heard]);
    leading!.onended = () => {
      if (this.#playing !== playing) return;
      this.#playing = undefined;
      this.#position = 0;
      this.#onEnd();
    };
    this.side = this.#side;
  }

  pause(): void {
    if (!this.#playing) return;
    this.#position = this.position;
    const { sources } = this.#playing;
    this.#playing = undefined;
    for (const source of sources) {
      source.onended = null;
      source.stop();
      source.disconnect();
    }
  }

  async seek(position: number): Promise<void> {
    const wasPlaying = this.isPlaying;
    this.pause();
    this.#position = Math.min(Math.max(position, 0), this.duration);
    if (wasPlaying) await this.play();
  }

  async #fill(buffer: AudioBuffer, audio: Float32Array<ArrayBuffer>): Promise<void> {
    for (let at = 0; at < audio.length; at += COPIED) {
      if (at > 0) await new Promise((resolve) => setTimeout(resolve));
      if (!Object.values(this.#buffers).includes(buffer)) return;
      buffer.copyToChannel(audio.subarray(at, at + COPIED), 0, at);
    }
  }

  /** Seconds of the player's in a second of that side's. */
  #scaleOf(side: Side): number {
    return side === 'original' ? this.#stretch : 1;
  }

  /** The side that is heard: the other where there is nothing on the wanted one. */
  get #heard(): Side {
    if (this.has(this.#side)) return this.#side;
    return this.#side === 'original' ? 'generated' : 'original';
  }
}

function silentGain(context: AudioContext): GainNode {
  const node = new GainNode(context, { gain: 0 });
  node.connect(context.destination);
  return node;
}
