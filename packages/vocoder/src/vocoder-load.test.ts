import type { Mel } from '@hifigan/audio';
import { expectClose } from '@hifigan/testkit';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Engine, EngineFactory, EngineStream } from './engine.js';
import { EngineError } from './engine-error.js';
import { smallBundle, smallMel } from './testing/small-bundle.js';
import { tfjsEngine } from './tfjs-engine.js';
import { Vocoder } from './vocoder.js';
import { VocoderDisposedError } from './vocoder-disposed-error.js';

/** An engine that is told what to do, and how many of its runs there were at once and in all. */
function scripted(
  generate: (run: number, usual: () => Promise<Float32Array>) => Promise<Float32Array>,
) {
  const seen = { runs: 0, at: 0, most: 0, frames: [] as number[], disposed: 0 };
  const factory: EngineFactory = async (bundle, where) => {
    const { openStream: _, ...engine } = await tfjsEngine(bundle, where);
    return {
      ...engine,
      async generate(mel) {
        seen.at += 1;
        seen.most = Math.max(seen.most, seen.at);
        seen.frames.push(mel.frames);
        try {
          return await generate(seen.runs++, () => engine.generate(mel));
        } finally {
          seen.at -= 1;
        }
      },
      dispose() {
        seen.disposed += 1;
        engine.dispose();
      },
    } satisfies Engine;
  };
  return { seen, factory };
}

const usual = (_: number, run: () => Promise<Float32Array>) => run();

describe('a vocoder under load and faults', () => {
  let before = 0;
  beforeAll(async () => {
    await tf.setBackend('cpu');
    before = tf.memory().numTensors;
  });
  afterAll(() => expect(tf.memory().numTensors).toBe(before));

  it('serves 200 requests at once in their order, one at a time', async () => {
    const { seen, factory } = scripted(usual);
    const vocoder = await Vocoder.load(await smallBundle(), { engine: factory });
    const order: number[] = [];
    const results = await Promise.all(
      Array.from({ length: 200 }, (_, i) =>
        vocoder.synthesize(smallMel(1 + (i % 5))).then((audio) => {
          order.push(i);
          return audio.length;
        }),
      ),
    );
    expect(results).toEqual(Array.from({ length: 200 }, (_, i) => 8 * (1 + (i % 5))));
    expect(order).toEqual(Array.from({ length: 200 }, (_, i) => i));
    expect(seen.frames).toEqual(Array.from({ length: 200 }, (_, i) => 1 + (i % 5)));
    expect(seen.most).toBe(1);
    await vocoder.dispose();
  });

  it('rejects what an engine fails at, and serves the next', async () => {
    const { factory } = scripted(async (run, work) => {
      if (run === 1) throw new Error('the device was lost');
      const audio = await work();
      if (run === 2) return audio.subarray(1);
      if (run === 3) audio[7] = Number.NaN;
      return audio;
    });
    const vocoder = await Vocoder.load(await smallBundle(), { engine: factory, where: 'g' });
    const good = await vocoder.synthesize(smallMel(4));
    const failures = await Promise.all(
      [1, 2, 3].map(() => vocoder.synthesize(smallMel(4)).catch((error: unknown) => error)),
    );
    expect(failures[0]).toMatchObject({ message: 'the device was lost' });
    expect(failures[1]).toBeInstanceOf(EngineError);
    expect(`${failures[1]}`).toMatch(
      /^EngineError: g: tfjs \(cpu\) made 31 samples of 4 frames and must make 32/,
    );
    expect(`${failures[2]}`).toMatch(/no numbers \(NaN at sample 7\); call again, and where it/);
    expect(await vocoder.synthesize(smallMel(4))).toEqual(good);
    await vocoder.dispose();
  });

  it('tells an engine that makes no sound at all, however it is asked', async () => {
    const wrong: unknown[] = [undefined, null, Array(32).fill(0), new Float64Array(32), 'sound'];
    const kinds = ['Undefined', 'Null', 'Array', 'Float64Array', 'String'];
    for (const [index, value] of wrong.entries()) {
      const made = async () => value as Float32Array;
      const stream = { push: made, end: made, dispose() {} };
      const plain: Engine = { description: 'mine', generate: made, dispose() {} };
      const told = new RegExp(
        `^g: mine made something of the kind ${kinds[index]} and must make a Float32Array`,
      );
      for (const engine of [
        plain,
        { ...plain, generateBatch: async () => [value, value] as Float32Array[] },
        { ...plain, openStream: () => stream },
      ]) {
        const options = { engine: async () => engine, where: 'g' };
        const vocoder = await Vocoder.load(await smallBundle(), options);
        const streamed = async () => {
          for await (const _ of vocoder.stream([smallMel(40)], { chunkFrames: 7 }));
        };
        for (const work of [
          vocoder.synthesize(smallMel(4)),
          vocoder.synthesize(smallMel(4), { denoise: 0.1 }),
          vocoder.synthesizeBatch([smallMel(4), smallMel(4)]),
          streamed(),
          vocoder.warmup(),
        ]) {
          await expect(work).rejects.toThrow(told);
          await expect(work).rejects.toThrow(EngineError);
        }
        await vocoder.dispose();
      }
    }
    const engine: EngineFactory = async (...all) => ({
      ...(await tfjsEngine(...all)),
      generateBatch: async () => undefined as never,
      openStream: () => ({}) as never,
    });
    const vocoder = await Vocoder.load(await smallBundle(), { engine, where: 'g' });
    const batch = vocoder.synthesizeBatch([smallMel(4), smallMel(4)]);
    await expect(batch).rejects.toThrow(/made something of the kind Undefined of 2 mels and must/);
    await expect(batch).rejects.toThrow(EngineError);
    const streamed = vocoder
      .stream([smallMel(40)])
      [Symbol.asyncIterator]()
      .next();
    await expect(streamed).rejects.toThrow(
      /of the kind Object and must make \{ push, end, dispose/,
    );
    await expect(streamed).rejects.toThrow(EngineError);
    await vocoder.dispose();
  });

  it.each([
    ['too few', (last: Float32Array) => last.subarray(1), 319],
    ['too many', (last: Float32Array) => Float32Array.of(...last, 0), 321],
  ])('tells an engine whose stream makes %s samples', async (_, wrong, made) => {
    const engine: EngineFactory = async (bundle, where) => {
      const usually = await tfjsEngine(bundle, where);
      return {
        ...usually,
        openStream() {
          const stream = usually.openStream?.() as EngineStream;
          return {
            push: (mel) => stream.push(mel),
            end: async () => wrong(await stream.end()),
            dispose: () => stream.dispose(),
          };
        },
      };
    };
    const vocoder = await Vocoder.load(await smallBundle(), { engine, where: 'g' });
    const speak = async () => {
      for await (const _part of vocoder.stream([smallMel(40)], { chunkFrames: 7 }));
    };
    await expect(speak()).rejects.toThrow(EngineError);
    await expect(speak()).rejects.toThrow(
      `g: tfjs (cpu) made ${made} samples of 40 frames and must make 320, because hop_size is 8`,
    );
    await vocoder.dispose();
  });

  it('may be disposed of while it speaks: nothing is freed under the engine, all is afterwards', async () => {
    const { seen, factory } = scripted(async (_, work) => {
      await new Promise((done) => setTimeout(done, 5));
      expect(seen.disposed).toBe(0);
      return work();
    });
    const vocoder = await Vocoder.load(await smallBundle(), { engine: factory });
    const speaking = vocoder.synthesize(smallMel(40), { chunkFrames: 1 });
    const waiting = vocoder.synthesize(smallMel(3));
    await vi.waitUntil(() => seen.at === 1, { interval: 0 });
    const gone = vocoder.dispose();
    await expect(waiting).rejects.toThrow(VocoderDisposedError);
    await expect(speaking).rejects.toThrow(/^synthesize: the vocoder must not be disposed of/);
    await gone;
    expect(seen).toMatchObject({ runs: 1, disposed: 1 });
    await vocoder.dispose();
    expect(seen.disposed).toBe(1);
    await expect(vocoder.synthesize(smallMel(3))).rejects.toThrow(VocoderDisposedError);
    await expect(vocoder.warmup()).rejects.toThrow(VocoderDisposedError);
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each([
    ['synthesize', 1],
    ['synthesizeBatch', 2],
  ])('may be disposed of by who is told how far %s is, and waits for that', async (what, batch) => {
    const { seen, factory } = scripted(usual);
    const vocoder = await Vocoder.load(await smallBundle(), { engine: factory });
    let gone: Promise<void> | undefined;
    const onProgress = () => {
      gone = vocoder.dispose();
      return gone;
    };
    const work =
      what === 'synthesize'
        ? vocoder.synthesize(smallMel(40), { chunkFrames: 10, onProgress })
        : vocoder.synthesizeBatch(Array(batch).fill(smallMel(4)), { onProgress });
    await expect(work).rejects.toThrow(VocoderDisposedError);
    await expect(work).rejects.toThrow(`${what}: the vocoder must not be disposed of`);
    await gone;
    expect(gone).toBeDefined();
    expect(seen.disposed).toBe(1);
  });

  it('ends on a signal while it waits for who is told, and serves the next', async () => {
    const vocoder = await Vocoder.load(await smallBundle());
    const controller = new AbortController();
    const reason = new Error('enough');
    let told = 0;
    const work = vocoder.synthesize(smallMel(4), {
      signal: controller.signal,
      onProgress: () => {
        told += 1;
        return new Promise(() => {});
      },
    });
    await vi.waitUntil(() => told === 1, { interval: 0 });
    controller.abort(reason);
    await expect(work).rejects.toBe(reason);
    const failing = { onProgress: () => Promise.reject(new Error('of who is told')) };
    await expect(vocoder.synthesize(smallMel(4), failing)).rejects.toThrow('of who is told');
    expect(await vocoder.synthesize(smallMel(4))).toHaveLength(32);
    await vocoder.dispose();
  });

  it('frees what an open stream keeps when it is disposed of', async () => {
    const vocoder = await Vocoder.load(await smallBundle());
    const stream = vocoder.stream([smallMel(60)], { chunkFrames: 30 })[Symbol.asyncIterator]();
    expect((await stream.next()).done).toBe(false);
    await vocoder.dispose();
    expect(tf.memory().numTensors).toBe(before);
    await expect(stream.next()).rejects.toThrow(/^stream: the vocoder must not be disposed of/);
  });

  it('ends on a signal, between two pieces', async () => {
    const { seen, factory } = scripted(usual);
    const bundle = await smallBundle();
    const vocoder = await Vocoder.load(bundle, { engine: factory });
    const reason = new Error('enough');
    const controller = new AbortController();
    const { signal } = controller;
    const work = vocoder.synthesize(smallMel(50), {
      chunkFrames: 5,
      signal,
      onProgress: (frames) => {
        if (frames >= 15) controller.abort(reason);
      },
    });
    await expect(work).rejects.toBe(reason);
    expect(seen.runs).toBe(3);
    for (const each of [
      vocoder.synthesize(smallMel(2), { signal }),
      vocoder.synthesizeBatch([smallMel(2)], { signal }),
      vocoder.warmup(1, { signal }),
      vocoder
        .stream([smallMel(2)], { signal })
        [Symbol.asyncIterator]()
        .next(),
      Vocoder.load(bundle, { signal }),
    ]) {
      await expect(each).rejects.toBe(reason);
    }
    expect(seen.runs).toBe(3);
    await vocoder.synthesize(smallMel(2));
    await vocoder.dispose();
  });

  it.each(['abort', 'dispose'] as const)(
    'a stream whose source is silent ends on %s, whatever the source does then',
    async (way) => {
      for (const engine of [tfjsEngine, scripted(usual).factory]) {
        const vocoder = await Vocoder.load(await smallBundle(), { engine });
        const controller = new AbortController();
        let told = 0;
        let asked = 0;
        const silent: AsyncIterator<Mel> = {
          next: () => (asked++ ? new Promise(() => {}) : Promise.resolve(spoken)),
          return: () => {
            told += 1;
            return new Promise(() => {});
          },
        };
        const spoken = { done: false, value: smallMel(60) } as const;
        const stream = vocoder
          .stream(
            { [Symbol.asyncIterator]: () => silent },
            { chunkFrames: 60 - 13, signal: controller.signal },
          )
          [Symbol.asyncIterator]();
        expect((await stream.next()).value?.length).toBeGreaterThan(0);
        const next = stream.next();
        await new Promise((done) => setTimeout(done, 5));
        expect(asked).toBe(2);
        // Nobody who waits for a source holds up others.
        await vocoder.synthesize(smallMel(1));
        const reason = new Error('enough');
        if (way === 'abort') {
          controller.abort(reason);
          await expect(next).rejects.toBe(reason);
        }
        await vocoder.dispose();
        if (way === 'dispose') await expect(next).rejects.toThrow(/^stream: the vocoder must not/);
        expect(told).toBe(1);
        expect(await stream.next()).toEqual({ done: true, value: undefined });
        expect(tf.memory().numTensors).toBe(before);
      }
    },
  );

  it('tells the failure of a source, and does not end one that has failed', async () => {
    const vocoder = await Vocoder.load(await smallBundle());
    let told = 0;
    const failing: AsyncIterator<Mel> = {
      next: () => Promise.reject(new Error('of the source')),
      return: async () => ({ done: true, value: told++ }),
    };
    const stream = vocoder.stream({ [Symbol.asyncIterator]: () => failing });
    await expect(stream[Symbol.asyncIterator]().next()).rejects.toThrow('of the source');
    expect(told).toBe(0);
    await vocoder.dispose();
  });

  it('ends the loading on a signal, also while it is being fetched', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const fetched = globalThis.fetch;
    globalThis.fetch = ((_: unknown, init?: RequestInit) =>
      new Promise((_resolve, reject) => {
        init?.signal?.addEventListener('abort', () => reject(init.signal?.reason));
      })) as typeof fetch;
    try {
      const loading = Vocoder.load('https://h/voice/', { signal: controller.signal });
      controller.abort(reason);
      await expect(loading).rejects.toBe(reason);
    } finally {
      globalThis.fetch = fetched;
    }
  });

  it('ends the loading on a signal while an engine is made, and keeps none that comes later', async () => {
    const { seen, factory } = scripted(usual);
    const bundle = await smallBundle();
    const reason = new Error('enough');
    const failing = async () => {
      throw new Error('too late to be told');
    };
    for (const late of [factory, failing]) {
      const controller = new AbortController();
      let make = () => {};
      const begun = new Promise<void>((begin) => {
        make = begin;
      });
      let asked = false;
      const engine: EngineFactory = async (...all) => {
        asked = true;
        await begun;
        return late(...all);
      };
      const loading = Vocoder.load(bundle, { engine, signal: controller.signal });
      await vi.waitUntil(() => asked, { interval: 0 });
      controller.abort(reason);
      await expect(loading).rejects.toBe(reason);
      make();
      if (late === factory) await vi.waitUntil(() => seen.disposed === 1, { interval: 0 });
    }
    const controller = new AbortController();
    const silent: EngineFactory = () => {
      controller.abort(reason);
      return new Promise(() => {});
    };
    const { signal } = controller;
    await expect(Vocoder.load(bundle, { engine: silent, signal })).rejects.toBe(reason);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('lets streams and whole mels take turns', async () => {
    const { seen, factory } = scripted(usual);
    const vocoder = await Vocoder.load(await smallBundle(), { engine: factory });
    const all = await Promise.all(
      [1, 2, 3].map(async () => {
        const parts: number[] = [];
        for await (const part of vocoder.stream([smallMel(90)], { chunkFrames: 8 })) {
          parts.push(...part);
          await vocoder.synthesize(smallMel(1));
        }
        return parts;
      }),
    );
    const whole = await vocoder.synthesize(smallMel(90));
    for (const each of all) expectClose(each, whole, { max: 1e-5 });
    expect(seen.most).toBe(1);
    await vocoder.dispose();
  });

  it('warms up by one run of as many frames', async () => {
    const { seen, factory } = scripted(usual);
    const vocoder = await Vocoder.load(await smallBundle(), { engine: factory });
    await vocoder.warmup(9);
    expect(seen.frames).toEqual([9]);
    await expect(vocoder.warmup(0)).rejects.toThrow(/frames=0 must be a whole number/);
    await expect(vocoder.warmup(1e8)).rejects.toThrow(/^warmup: frames=100000000 must be at most/);
    await vocoder.dispose();
  });
});
