import type { Mel } from '@hifigan/audio';
import { MelWindow } from './mel-window.js';

/** A mel on its way through a generator that keeps its state. */
export interface MelSteps {
  /** @returns the samples that are now certain */
  push(mel: Mel): Promise<Float32Array>;
  /** @returns those that are left */
  end(): Promise<Float32Array>;
}

/**
 * Speaks a mel while it comes, in steps of `chunkFrames` that each compute what is new alone. What comes out is as
 * far behind as the generator looks ahead.
 *
 * @param mels bands of a frame
 */
export async function* streamSteps(
  parts: AsyncIterable<Mel>,
  steps: MelSteps,
  { mels, chunkFrames }: { readonly mels: number; readonly chunkFrames: number },
): AsyncGenerator<Float32Array, void, undefined> {
  const window = new MelWindow(mels);
  const next = async (frames: number): Promise<Float32Array> => {
    const { start } = window;
    const audio = await steps.push(window.view(start, start + frames));
    window.forget(start + frames);
    return audio;
  };
  for await (const part of parts) {
    window.append(part);
    while (window.end - window.start >= chunkFrames) {
      const audio = await next(chunkFrames);
      if (audio.length > 0) yield audio;
    }
  }
  const left = window.end - window.start;
  if (window.end === 0) return;
  if (left > 0) {
    const audio = await next(left);
    if (audio.length > 0) yield audio;
  }
  yield await steps.end();
}
