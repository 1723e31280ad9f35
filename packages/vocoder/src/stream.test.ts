import type { Mel } from '@hifigan/audio';
import { type HifiGanConfig, presets } from '@hifigan/config';
import { receptiveField } from '@hifigan/models';
import { onBackendsAndPlain, onBackendsWithKernels } from '@hifigan/test-backends';
import { difference, expectClose } from '@hifigan/testkit';
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EngineFactory } from './engine.js';
import { randomOf, smallBundle, smallConfig } from './testing/small-bundle.js';
import { tfjsEngine } from './tfjs-engine.js';
import { Vocoder } from './vocoder.js';

const melOf = (frames: number, mels: number): Mel => ({
  data: Float32Array.from({ length: frames * mels }, randomOf(frames)).map(
    (value) => value * 8 - 8,
  ),
  frames,
  mels,
});

/** A mel in parts of the lengths given, then what is left. */
function* partsOf({ data, frames, mels }: Mel, lengths: readonly number[]): Generator<Mel> {
  let from = 0;
  for (const length of [...lengths, frames]) {
    const to = Math.min(frames, from + length);
    yield { data: data.slice(from * mels, to * mels), frames: to - from, mels };
    from = to;
  }
}

async function joined(parts: AsyncIterable<Float32Array>): Promise<Float32Array> {
  const all: number[] = [];
  for await (const part of parts) for (const sample of part) all.push(sample);
  return Float32Array.from(all);
}

const second: HifiGanConfig = {
  ...smallConfig,
  resblock: '2',
  resblock_dilation_sizes: [
    [1, 2],
    [3, 12],
  ],
};

/** Of an engine that keeps no state, so that pieces are computed. */
const stateless: EngineFactory = async (bundle, where) => {
  const { openStream: _, ...engine } = await tfjsEngine(bundle, where);
  return engine;
};

onBackendsAndPlain(() => {
  it.each([
    ['1, in steps', smallConfig, tfjsEngine],
    ['2, in steps', second, tfjsEngine],
    ['1, in pieces', smallConfig, stateless],
    ['2, in pieces', second, stateless],
  ])('block %s: any parts make the sound of the whole', async (_, config, engine) => {
    const vocoder = await Vocoder.load(await smallBundle(1, config), { engine });
    const tensors = tf.memory().numTensors;
    const { before, after } = receptiveField(config);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 2 * (before + after) }),
        fc.array(fc.oneof(fc.constantFrom(0, 1), fc.nat({ max: 40 })), { maxLength: 30 }),
        fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constant(4 * (before + after) + 1)),
        async (frames, lengths, chunkFrames) => {
          const mel = melOf(frames, 6);
          const whole = await vocoder.synthesize(mel);
          const streamed = await joined(vocoder.stream(partsOf(mel, lengths), { chunkFrames }));
          expectClose(streamed, whole, { max: 1e-5 }, `${frames} frames by ${chunkFrames}`);
        },
      ),
      { numRuns: 10, seed: 7 },
    );
    // Where the buffer of a mel that comes frame by frame moves on, nothing that is kept may move with it.
    for (const chunkFrames of [8, 32]) {
      const mel = melOf(3 * 32 + 5, 6);
      const ones = Array.from({ length: mel.frames }, () => 1);
      const streamed = await joined(vocoder.stream(partsOf(mel, ones), { chunkFrames }));
      const what = `frame by frame, by ${chunkFrames}`;
      expectClose(streamed, await vocoder.synthesize(mel), { max: 1e-5 }, what);
    }
    expect(tf.memory().numTensors).toBe(tensors);
    await vocoder.dispose();
  });
});

onBackendsWithKernels((backend) => {
  // All presets on one backend, since they are seven and V1 is large; models test layers and their state on each.
  const names = backend === 'hifigan-wasm' ? Object.keys(presets) : ['v3'];
  describe('joined, a stream is the whole', () => {
    for (const [name, config] of Object.entries(presets).filter(([key]) => names.includes(key))) {
      it(`${name}`, { timeout: 240_000 }, async () => {
        const bundle = await smallBundle(1, config);
        const { before, after } = receptiveField(config);
        // More than a sample depends on, so that there are pieces with context on both sides.
        const mel = melOf(before + after + 6, config.num_mels);
        for (const [engine, chunkFrames, lengths] of [
          [tfjsEngine, 1, [mel.frames]],
          [tfjsEngine, 5, [1, 0, 1, 1, 22]],
          [stateless, 13, [0, 20, 1, 1]],
        ] as const) {
          const vocoder = await Vocoder.load(bundle, { engine });
          const whole = await vocoder.synthesize(mel);
          const peak = whole.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
          expect(peak).toBeGreaterThan(0.01);
          const streamed = await joined(vocoder.stream(partsOf(mel, lengths), { chunkFrames }));
          expectClose(streamed, whole, { max: 1e-5 }, `by ${chunkFrames} frames`);
          await vocoder.dispose();
        }
      });
    }
  });
});

describe('a stream', () => {
  let before = 0;
  let vocoder: Vocoder;
  beforeAll(async () => {
    await tf.setBackend('cpu');
    before = tf.memory().numTensors;
    vocoder = await Vocoder.load(await smallBundle());
  });
  afterAll(async () => {
    await vocoder.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
  const { after } = receptiveField(smallConfig);

  it('speaks as soon as it can, and asks for no more than it needs', async () => {
    for (const lookAhead of [undefined, 0, 3]) {
      let asked = 0;
      const source = function* () {
        for (; asked < 60; ) {
          asked += 1;
          yield melOf(1, 6);
        }
      };
      const stream = vocoder.stream(source(), { chunkFrames: 4, lookAhead });
      for await (const part of stream) {
        expect(part.length).toBeGreaterThan(0);
        break;
      }
      // A step may end between frames, so that the first samples come a little earlier than the last of their frame.
      const waits = lookAhead ?? after;
      expect(asked).toBeGreaterThan(waits);
      expect(asked).toBeLessThanOrEqual(Math.ceil((4 + waits) / 4) * 4);
    }
  });

  it('with less look-ahead is the nearer the more it has, whatever its parts', async () => {
    const mel = melOf(90, 6);
    const whole = await vocoder.synthesize(mel);
    const errors: number[] = [];
    for (const lookAhead of [0, 4, 8, after, after + 50]) {
      const options = { chunkFrames: 8, lookAhead };
      const streamed = await joined(vocoder.stream([mel], options));
      expect(await joined(vocoder.stream(partsOf(mel, [1, 2, 60]), options))).toEqual(streamed);
      expect(streamed).toHaveLength(whole.length);
      errors.push(difference(streamed, whole).max);
    }
    expect(errors[0]).toBeGreaterThan(1e-3);
    expect(errors[2]).toBeLessThan(errors[0]);
    expect(errors[3]).toBeLessThan(1e-5);
    expect(errors[4]).toBe(errors[3]);
  });

  it('holds no more the longer it is', async () => {
    const config = { ...smallConfig };
    const source = function* () {
      for (let i = 0; i < 60; i++) yield melOf(8, config.num_mels);
    };
    const held: number[] = [];
    for await (const _ of vocoder.stream(source(), { chunkFrames: 8 })) {
      held.push(tf.memory().numBytes);
    }
    const steady = held.slice(10, -1);
    expect(Math.max(...steady)).toBe(Math.min(...steady));
  });

  it('says which part does not fit, after those before it; nothing makes nothing', async () => {
    expect(await joined(vocoder.stream([]))).toHaveLength(0);
    expect(await joined(vocoder.stream([melOf(0, 6)]))).toHaveLength(0);
    const parts = [melOf(40, 6), melOf(0, 6), { ...melOf(2, 7) }];
    await expect(joined(vocoder.stream(parts))).rejects.toThrow(/^mels\[2\]: .* must have 6 mels/);
    await expect(joined(vocoder.stream([], { chunkFrames: 0.5 }))).rejects.toThrow(
      /chunkFrames=0.5/,
    );
    await expect(joined(vocoder.stream([], { lookAhead: -1 }))).rejects.toThrow(/lookAhead=-1/);
  });

  it('frees what it keeps when it is aborted, though nobody asks for more, and others speak on', async () => {
    const tensors = tf.memory().numTensors;
    for (const wait of ['between', 'within']) {
      const controller = new AbortController();
      const reason = new Error('enough');
      const stream = vocoder
        .stream([melOf(200, 6)], { chunkFrames: 8, signal: controller.signal })
        [Symbol.asyncIterator]();
      expect((await stream.next()).done).toBe(false);
      expect(tf.memory().numTensors).toBeGreaterThan(tensors);
      const step = wait === 'within' ? stream.next().catch(() => undefined) : undefined;
      controller.abort(reason);
      await step;
      expect(tf.memory().numTensors, wait).toBe(tensors);
      expect(await vocoder.synthesize(melOf(3, 6))).toHaveLength(24);
      // What was computed within may still be handed out.
      const next = await stream.next().catch((error: unknown) => error);
      if (wait === 'between') expect(next).toBe(reason);
      expect(await stream.next()).toEqual({ done: true, value: undefined });
    }
  });

  it('takes a copy of its parts, and hands out arrays of their own', async () => {
    const mel = melOf(90, 6);
    const whole = await vocoder.synthesize(mel);
    const source = function* () {
      const reused = new Float32Array(3 * 6);
      for (let from = 0; from < 90; from += 3) {
        reused.set(mel.data.subarray(from * 6, (from + 3) * 6));
        yield { data: reused, frames: 3, mels: 6 };
        reused.fill(Number.NaN);
      }
    };
    for (const chunkFrames of [1, 8, 4 * 100]) {
      const parts: Float32Array[] = [];
      for await (const part of vocoder.stream(source(), { chunkFrames })) parts.push(part);
      const all = Float32Array.from(parts.flatMap((part) => [...part]));
      expectClose(all, whole, { max: 1e-5 });
    }
  });

  it('changes nothing that it is given, nor do other ways to speak', async () => {
    const mel = melOf(60, 6);
    const audio = Float32Array.from({ length: 800 }, (_, i) => Math.sin(i));
    const [melBefore, audioBefore] = [mel.data.slice(), audio.slice()];
    const output = { denoise: 0.5, samplingRate: 400 };
    const level = { loudness: -20, samplingRate: 8000 };
    await joined(vocoder.stream([mel], output));
    await vocoder.synthesize(mel, { ...output, ...level });
    await vocoder.synthesizeBatch([mel, mel], level);
    vocoder.analyze(audio);
    expect(mel.data).toEqual(melBefore);
    expect(audio).toEqual(audioBefore);
  });

  it('ends its source when it is left', async () => {
    let ended = false;
    const source = async function* () {
      try {
        for (;;) yield melOf(5, 6);
      } finally {
        ended = true;
      }
    };
    for await (const _ of vocoder.stream(source())) break;
    expect(ended).toBe(true);
  });
});

onBackendsAndPlain(() => {
  it('a batch is each mel by itself, whatever its length, in the memory of a piece', async () => {
    let most = 0;
    const watched: EngineFactory = async (bundle, where) => {
      const engine = await tfjsEngine(bundle, where);
      return {
        ...engine,
        async generateBatch(mels) {
          most = Math.max(most, mels.length * mels[0].frames);
          return (await engine.generateBatch?.(mels)) ?? [];
        },
      };
    };
    const noBatches: EngineFactory = async (bundle, where) => {
      const { generateBatch: _, ...engine } = await tfjsEngine(bundle, where);
      return engine;
    };
    const all = [1, 40, 3, 17, 40, 2, 17, 200, 200, 200, 40].map((frames, index) => {
      const mel = melOf(frames, 6);
      return { ...mel, data: mel.data.map((value) => value - index / 9) };
    });
    for (const [engine, mels] of [
      [watched, all],
      [noBatches, all.slice(0, 7)],
    ] as const) {
      const vocoder = await Vocoder.load(await smallBundle(), { engine });
      const tensors = tf.memory().numTensors;
      const done: number[] = [];
      const batch = await vocoder.synthesizeBatch(mels, {
        onProgress: (frames) => void done.push(frames),
      });
      for (const [i, mel] of mels.entries()) {
        expectClose(batch[i], await vocoder.synthesize(mel), { max: 1e-5 }, `mel ${i}`);
      }
      expect(done).toEqual([...done].sort((a, b) => a - b));
      expect(done.at(-1)).toBe(mels.reduce((sum, { frames }) => sum + frames, 0));
      expect(tf.memory().numTensors).toBe(tensors);
      expect(await vocoder.synthesizeBatch([])).toEqual([]);
      await expect(vocoder.synthesizeBatch([melOf(3, 6), melOf(3, 5)])).rejects.toThrow(
        /^mels\[1\]: /,
      );
      await vocoder.dispose();
    }
    // 200 twice, of which a third would pass 512.
    expect(most).toBe(400);
  });
});

describe('a stream that was iterated', () => {
  const told = /^stream: its sound must be iterated once, .*keep the samples, or call stream again/;
  let vocoder: Vocoder;
  beforeAll(async () => {
    await tf.setBackend('cpu');
    vocoder = await Vocoder.load(await smallBundle());
  });
  afterAll(() => vocoder.dispose());

  it('says so the second time, and does not end as if there were nothing', async () => {
    const stream = vocoder.stream([melOf(20, 6)]);
    expect(await joined(stream)).toHaveLength(160);
    await expect(joined(stream)).rejects.toThrow(told);
    // A stream anew begins from the beginning.
    expect(await joined(vocoder.stream([melOf(20, 6)]))).toHaveLength(160);
  });

  it('says so after it was left, and after return() before the first sample', async () => {
    const left = vocoder.stream([melOf(40, 6)], { chunkFrames: 4 });
    for await (const _ of left) break;
    await expect(joined(left)).rejects.toThrow(told);
    const returned = vocoder.stream([melOf(4, 6)]);
    await returned[Symbol.asyncIterator]().return?.();
    await expect(joined(returned)).rejects.toThrow(told);
  });
});
