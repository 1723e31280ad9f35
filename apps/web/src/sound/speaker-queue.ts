/**
 * Seconds between the first part's arrival, or that of the first after a gap, and its sound: later parts may be so much later.
 * So much must be there, too, since a first part may be a short one.
 */
const CUSHION = 0.06;
/** Seconds in which what is never needed is noticed, and then left out. */
const WATCHED = 3;
/** Seconds of the crossing from before what is left out to after it. */
const CROSSING = 0.005;
/** Seconds of sound that may wait; the oldest gives way. */
const ROOM = 4;

/** What waits to be played, at the pace of a sound card. */
export class SpeakerQueue {
  /** Times that nothing was there to be played. */
  gaps = 0;
  readonly #room: Float32Array;
  readonly #cushion: number;
  readonly #watched: number;
  readonly #crossing: number;
  /** Places in the whole sound: of what is played next, and of what comes next. */
  #next = 0;
  #end = 0;
  /** Samples that are still to pass before it sounds; none where nothing has come. */
  #patience: number | undefined;
  #sounding = false;
  /** The least that waited while so many samples were played. */
  #least = Number.POSITIVE_INFINITY;
  #played = 0;

  /** @param samplingRate Hz */
  constructor(samplingRate: number) {
    this.#room = new Float32Array(ROOM * samplingRate);
    this.#cushion = Math.round(CUSHION * samplingRate);
    this.#watched = Math.round(WATCHED * samplingRate);
    this.#crossing = Math.round(CROSSING * samplingRate);
  }

  /** The place in the whole sound of what is played next. */
  get position(): number {
    return this.#next;
  }

  /** Samples. */
  get waiting(): number {
    return this.#end - this.#next;
  }

  push(samples: Float32Array): void {
    for (const sample of samples) this.#room[this.#end++ % this.#room.length] = sample;
    this.#next = Math.max(this.#next, this.#end - this.#room.length);
    if (samples.length > 0 && !this.#sounding) this.#patience ??= this.#cushion;
  }

  /** Fills a block with what is to be played now: silence where nothing is there. */
  pull(block: Float32Array): void {
    block.fill(0);
    if (!this.#sounding) {
      if (this.#patience === undefined) return;
      this.#patience -= block.length;
      if (this.#patience > 0 || this.waiting < this.#cushion) return;
      this.#begin();
    }
    const count = Math.min(block.length, this.waiting);
    for (let i = 0; i < count; i++) block[i] = this.#at(this.#next++);
    if (count < block.length) {
      this.gaps++;
      this.#sounding = false;
      return;
    }
    this.#least = Math.min(this.#least, this.waiting);
    this.#played += count;
    if (this.#played >= this.#watched) this.#catchUp();
  }

  #begin(): void {
    this.#sounding = true;
    this.#patience = undefined;
    this.#watchAnew();
  }

  /** Leaves out what waited all the time: after a halt all would else stay late for ever. */
  #catchUp(): void {
    const spare = this.#least - 2 * this.#cushion;
    this.#watchAnew();
    if (spare < this.#crossing) return;
    for (let i = 0; i < this.#crossing; i++) {
      const share = (i + 1) / (this.#crossing + 1);
      const after = this.#next + spare + i;
      this.#room[after % this.#room.length] =
        share * this.#at(after) + (1 - share) * this.#at(this.#next + i);
    }
    this.#next += spare;
  }

  #watchAnew(): void {
    this.#least = Number.POSITIVE_INFINITY;
    this.#played = 0;
  }

  #at(place: number): number {
    return this.#room[place % this.#room.length];
  }
}
