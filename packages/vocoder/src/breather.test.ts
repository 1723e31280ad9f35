import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { breather } from './breather.js';
import type { EngineFactory } from './engine.js';
import { smallBundle, smallMel } from './testing/small-bundle.js';
import { tfjsEngine } from './tfjs-engine.js';
import { Vocoder } from './vocoder.js';

const PIECES = 60;
const reason = new Error('enough');

/** Computes at once and for a while, as backends on the processor do: nothing else comes to its turn meanwhile. */
function busy(timer: (seen: { readonly runs: number }) => void) {
  const seen = { runs: 0 };
  const work = () => {
    seen.runs += 1;
    // Not before, as a busy machine may take its time to come here.
    if (seen.runs === 1) setTimeout(() => timer(seen), 1);
    const end = performance.now() + 4;
    while (performance.now() < end);
  };
  const engine: EngineFactory = async (bundle, where) => {
    const usual = await tfjsEngine(bundle, where);
    return {
      ...usual,
      generate: (mel) => {
        work();
        return usual.generate(mel);
      },
      openStream() {
        const stream = usual.openStream?.();
        if (!stream) throw new Error('tfjs keeps state');
        return {
          ...stream,
          push: (mel) => {
            work();
            return stream.push(mel);
          },
        };
      },
    };
  };
  return { seen, engine };
}

describe('a vocoder that computes without a pause', () => {
  beforeAll(async () => void (await tf.setBackend('cpu')));

  it.each(['synthesize', 'synthesizeBatch', 'stream'] as const)(
    'hears the abort of a timer in the midst of %s',
    async (way) => {
      const controller = new AbortController();
      const { signal } = controller;
      const { seen, engine } = busy(() => controller.abort(reason));
      const vocoder = await Vocoder.load(await smallBundle(), { engine });
      const stream = async () => {
        for await (const _ of vocoder.stream([smallMel(PIECES)], { chunkFrames: 1, signal }));
      };
      const work = {
        synthesize: () => vocoder.synthesize(smallMel(PIECES), { chunkFrames: 1, signal }),
        synthesizeBatch: () =>
          vocoder.synthesizeBatch(
            Array.from({ length: PIECES }, (_, i) => smallMel(i + 1)),
            { signal },
          ),
        stream,
      };
      await expect(work[way]()).rejects.toBe(reason);
      expect(seen.runs).toBeGreaterThan(0);
      expect(seen.runs).toBeLessThan(PIECES);
      await vocoder.dispose();
    },
  );

  it('lets others be served while many requests wait', async () => {
    let served = 0;
    const { engine } = busy(({ runs }) => {
      served = runs;
    });
    const vocoder = await Vocoder.load(await smallBundle(), { engine });
    await Promise.all(Array.from({ length: PIECES }, () => vocoder.synthesize(smallMel(1))));
    expect(served).toBeGreaterThan(0);
    expect(served).toBeLessThan(PIECES);
    await vocoder.dispose();
  });
});

describe('a breather', () => {
  afterEach(() => vi.unstubAllGlobals());

  it.each(['setImmediate', 'messages, as in pages'])('lets timers in by %s', async (way) => {
    if (way !== 'setImmediate') vi.stubGlobal('setImmediate', undefined);
    const breathe = breather();
    let heard = false;
    setTimeout(() => {
      heard = true;
    });
    for (let i = 0; i < 100 && !heard; i++) {
      const end = performance.now() + 11;
      while (performance.now() < end);
      await breathe();
    }
    expect(heard).toBe(true);
  });
});
