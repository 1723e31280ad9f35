import { batch, signal } from '@preact/signals';
import { Player, type Side } from '../sound/player.js';

/** What is heard of two sounds, where, and what part of them is seen. */
export class Listening {
  readonly playing = signal(false);
  /** Seconds of what was generated. */
  readonly position = signal(0);
  readonly side = signal<Side>('generated');
  /** Seconds that the pictures show. */
  readonly range = signal<{ readonly from: number; readonly to: number }>({ from: 0, to: 1 });
  /** Seconds of the whole, 0 where there is nothing. */
  readonly duration = signal(0);
  readonly hasOriginal = signal(false);
  readonly hasGenerated = signal(false);

  readonly #player = new Player(() => this.#moved());
  /** Of what is to be spoken, before it is stretched. */
  #seconds = 0;

  /**
   * A sound that is to be spoken.
   *
   * @param audio mono; none where a mel was given
   * @param seconds how long it will be
   */
  open(audio: Float32Array<ArrayBuffer> | undefined, samplingRate: number, seconds: number): void {
    this.#player.clear();
    this.#player.stretch = 1;
    this.#player.set('original', audio, samplingRate);
    this.#seconds = seconds;
    batch(() => {
      this.hasOriginal.value = audio !== undefined;
      this.hasGenerated.value = false;
      this.#choose('original');
      this.duration.value = seconds;
      this.showAll();
    });
    this.#moved();
  }

  /** What was made of it. @param stretch how many times as long as the original it is */
  hear(audio: Float32Array<ArrayBuffer>, samplingRate: number, stretch: number): void {
    this.#player.stretch = stretch;
    this.#player.set('generated', audio, samplingRate);
    batch(() => {
      this.hasGenerated.value = true;
      this.#choose('generated');
      this.duration.value = audio.length / samplingRate;
      this.showAll();
    });
    this.#moved();
  }

  /** What was made before is no longer of what is there now. */
  forget(): void {
    this.#player.stretch = 1;
    this.#player.set('generated', undefined, 1);
    batch(() => {
      this.hasGenerated.value = false;
      if (this.duration.value !== this.#seconds) {
        this.duration.value = this.#seconds;
        this.showAll();
      }
    });
    this.#moved();
  }

  close(): void {
    this.#player.clear();
    batch(() => {
      this.hasOriginal.value = false;
      this.hasGenerated.value = false;
      this.duration.value = 0;
    });
    this.#moved();
  }

  async toggle(): Promise<void> {
    if (this.#player.isPlaying) this.#player.pause();
    else await this.#player.play();
    this.#moved();
  }

  /** The other sound, at the same place. @returns whether there is one */
  switchSide(to?: Side): boolean {
    const side = to ?? (this.side.value === 'generated' ? 'original' : 'generated');
    if (!this.#player.has(side)) return false;
    this.#choose(side);
    return true;
  }

  async seek(seconds: number): Promise<void> {
    await this.#player.seek(seconds);
    this.#moved();
  }

  /** @param factor below 1 shows less; around what is played, or a place in seconds */
  zoom(factor: number, around = this.position.value): void {
    const { from, to } = this.range.value;
    const length = Math.min(Math.max((to - from) * factor, 0.05), this.duration.value);
    const middle = Math.min(Math.max(around, from), to);
    const share = to > from ? (middle - from) / (to - from) : 0.5;
    this.#show(middle - share * length, length);
  }

  /** @param share of what is shown */
  pan(share: number): void {
    const { from, to } = this.range.value;
    this.#show(from + share * (to - from), to - from);
  }

  showAll(): void {
    this.#show(0, this.duration.value);
  }

  #show(from: number, length: number): void {
    const most = Math.max(0, this.duration.value - length);
    const start = Math.min(Math.max(from, 0), most);
    this.range.value = { from: start, to: start + length };
  }

  #choose(side: Side): void {
    this.#player.side = side;
    this.side.value = side;
  }

  #moved(): void {
    batch(() => {
      this.playing.value = this.#player.isPlaying;
      this.position.value = this.#player.position;
    });
    if (this.#player.isPlaying) requestAnimationFrame(() => this.#follow());
  }

  #follow(): void {
    if (!this.#player.isPlaying) return;
    this.position.value = this.#player.position;
    const { from, to } = this.range.value;
    // Where it leaves what is shown, the pictures turn a page.
    if (this.position.value > to && to < this.duration.value) this.#show(to, to - from);
    requestAnimationFrame(() => this.#follow());
  }
}
