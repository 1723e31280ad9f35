import type { Clip } from '../clip.js';

/** Clips that were read, up to a size together: the least used leave first. */
export class ClipCache {
  private readonly most: number;
  private readonly clips = new Map<number, Clip>();
  private bytes = 0;

  /** @param most bytes */
  constructor(most: number) {
    this.most = most;
  }

  /** Bytes of all clips that are kept. */
  get size(): number {
    return this.bytes;
  }

  get(index: number): Clip | undefined {
    const clip = this.clips.get(index);
    if (clip) {
      // Moves to the end: Map keeps the order of insertion.
      this.clips.delete(index);
      this.clips.set(index, clip);
    }
    return clip;
  }

  /** Keeps a clip, where it is not larger than all that may be kept. */
  add(index: number, clip: Clip): void {
    if (this.clips.has(index) || bytesOf(clip) > this.most) return;
    this.clips.set(index, clip);
    this.bytes += bytesOf(clip);
    for (const [oldest, one] of this.clips) {
      if (this.bytes <= this.most) break;
      this.clips.delete(oldest);
      this.bytes -= bytesOf(one);
    }
  }
}

/** Of the buffers: a view of part of one keeps all of it. */
function bytesOf({ audio, mel }: Clip): number {
  return audio.buffer.byteLength + (mel?.data.buffer.byteLength ?? 0);
}
