import type { Mel } from '@hifigan/audio';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { smallBundle, smallMel } from './testing/small-bundle.js';
import { Vocoder } from './vocoder.js';

/** A source that notes what it is asked, without an end. */
function noting(end: () => unknown = () => undefined, mel: Mel = smallMel(60)) {
  const seen = { asked: 0, told: 0 };
  const iterator = {
    next: async () => {
      seen.asked += 1;
      return { done: false, value: mel } as const;
    },
    return: async () => {
      seen.told += 1;
      await end();
      return { done: true, value: undefined } as const;
    },
  };
  return { seen, mels: { [Symbol.asyncIterator]: () => iterator } };
}

const SILENT = () => new Promise<never>(() => {});
const fail = () => {
  throw new Error('of the source');
};
const reason = new Error('enough');

describe('the source of a stream', () => {
  beforeAll(async () => void (await tf.setBackend('cpu')));

  it.each(['loudness', 'peak'])(
    'is not asked where %s is wanted, which is of the whole',
    async (level) => {
      const vocoder = await Vocoder.load(await smallBundle());
      const { seen, mels } = noting();
      const options = { [level]: -1 } as object;
      const stream = vocoder.stream(mels, options)[Symbol.asyncIterator]();
      await expect(stream.next()).rejects.toThrow(`stream: ${level} must be left out`);
      expect(seen.asked).toBe(0);
      await vocoder.dispose();
    },
  );

  it.each([
    ['that ends', undefined],
    ['that fails at it', fail],
    ['that is silent', SILENT],
  ])(
    'is closed by an abort and by dispose, though nobody asks for more: one %s',
    async (_, end) => {
      for (const way of ['abort', 'dispose'] as const) {
        const vocoder = await Vocoder.load(await smallBundle());
        const controller = new AbortController();
        const { seen, mels } = noting(end);
        const stream = vocoder.stream(mels, { signal: controller.signal })[Symbol.asyncIterator]();
        expect((await stream.next()).value?.length).toBeGreaterThan(0);
        expect(seen).toEqual({ asked: 1, told: 0 });
        const freed = way === 'abort' ? controller.abort(reason) : vocoder.dispose();
        expect(seen).toEqual({ asked: 1, told: 1 });
        await freed;
        const next = stream.next();
        if (way === 'abort') await expect(next).rejects.toBe(reason);
        else await expect(next).rejects.toThrow(/^stream: the vocoder must not be disposed of/);
        expect(await stream.next()).toEqual({ done: true, value: undefined });
        expect(seen).toEqual({ asked: 1, told: 1 });
        await vocoder.dispose();
      }
    },
  );

  it('is closed unasked where the signal was aborted before, also by one that is silent', async () => {
    const vocoder = await Vocoder.load(await smallBundle());
    const { seen, mels } = noting(SILENT);
    const speaking = vocoder.stream(mels, { signal: AbortSignal.abort(reason) });
    await expect(speaking[Symbol.asyncIterator]().next()).rejects.toBe(reason);
    expect(seen).toEqual({ asked: 0, told: 1 });
    await vocoder.dispose();
  });

  it('is closed where the stream fails before it asks, while it waits for its denoiser', async () => {
    const vocoder = await Vocoder.load(await smallBundle());
    const controller = new AbortController();
    const { seen, mels } = noting();
    const busy = vocoder.synthesize(smallMel(4));
    const stream = vocoder.stream(mels, { denoise: 0.1, signal: controller.signal });
    const next = stream[Symbol.asyncIterator]().next();
    controller.abort(reason);
    expect(seen).toEqual({ asked: 0, told: 1 });
    await expect(next).rejects.toBe(reason);
    await busy;
    await vocoder.dispose();
  });

  it('is waited for where the stream is left, and its failure told; a fault of the mel comes first', async () => {
    const vocoder = await Vocoder.load(await smallBundle());
    let ended = false;
    const slow = noting(async () => {
      await new Promise((done) => setTimeout(done, 5));
      ended = true;
    });
    for await (const _ of vocoder.stream(slow.mels)) break;
    expect(ended).toBe(true);
    const failing = noting(fail);
    const leave = async () => {
      for await (const _ of vocoder.stream(failing.mels)) break;
    };
    await expect(leave()).rejects.toThrow('of the source');
    const foreign = noting(fail, { ...smallMel(3), mels: 9 });
    const speaking = vocoder.stream(foreign.mels)[Symbol.asyncIterator]();
    await expect(speaking.next()).rejects.toThrow(/^mels\[0\]/);
    for (const { seen } of [slow, failing, foreign]) expect(seen).toEqual({ asked: 1, told: 1 });
    await vocoder.dispose();
  });

  it('may be a plain iterable; one that ends or fails by itself is not told', async () => {
    const vocoder = await Vocoder.load(await smallBundle());
    let told = 0;
    const parts = (last: () => IteratorResult<Mel>): Iterable<Mel> => {
      let asked = 0;
      return {
        [Symbol.iterator]: () => ({
          next: () => (asked++ ? last() : { done: false, value: smallMel(60) }),
          return: () => ({ done: true, value: told++ }),
        }),
      };
    };
    const speak = async (mels: Iterable<Mel>, signal?: AbortSignal) => {
      let samples = 0;
      for await (const part of vocoder.stream(mels, { signal })) samples += part.length;
      return samples;
    };
    expect(await speak(parts(() => ({ done: true, value: undefined })))).toBe(60 * 8);
    await expect(speak(parts(fail))).rejects.toThrow('of the source');
    expect(told).toBe(0);
    const controller = new AbortController();
    const aborting = parts(() => {
      controller.abort(reason);
      return { done: false, value: smallMel(60) };
    });
    await expect(speak(aborting, controller.signal)).rejects.toBe(reason);
    expect(told).toBe(1);
    await vocoder.dispose();
  });

  it.each([
    ['a single mel', smallMel(4)],
    ['a number', 5],
    ['nothing', undefined],
  ])('must be parts: not %s', async (_, mels) => {
    const vocoder = await Vocoder.load(await smallBundle());
    const stream = vocoder.stream(mels as unknown as Mel[])[Symbol.asyncIterator]();
    await expect(stream.next()).rejects.toThrow(/^stream: mels must be parts .*\[mel\]$/);
    await vocoder.dispose();
  });
});
