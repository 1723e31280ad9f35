import type { Mel } from '@hifigan/audio';
import { startThreadedWasm, type ThreadedWasm } from '@hifigan/test-backends';
import { expectClose } from '@hifigan/testkit';
import * as tf from '@tensorflow/tfjs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { smallBundle, smallConfig, smallMel } from './testing/small-bundle.js';
import { Vocoder } from './vocoder.js';

// Faults of a real backend, the WebAssembly one, while it speaks and others wait.

/** Wide enough that a convolution keeps several threads busy for a while. */
const config = { ...smallConfig, upsample_initial_channel: 128 };

type Speak = (vocoder: Vocoder, mel: Mel) => Promise<Float32Array>;

async function joined(parts: AsyncIterable<Float32Array>): Promise<Float32Array> {
  const all: number[] = [];
  for await (const part of parts) for (const sample of part) all.push(sample);
  return Float32Array.from(all);
}

const WAYS: readonly (readonly [string, Speak])[] = [
  ['synthesize', (vocoder, mel) => vocoder.synthesize(mel)],
  ['synthesizeBatch', async (vocoder, mel) => (await vocoder.synthesizeBatch([mel, mel]))[1]],
  ['stream in steps', (vocoder, mel) => joined(vocoder.stream([mel], { chunkFrames: 80 }))],
  ['stream in pieces', (vocoder, mel) => joined(vocoder.stream([mel], { chunkFrames: 500 }))],
];

/** Asks in all ways at once. @returns what came of each, in that order */
const speakAll = (vocoder: Vocoder, mel: Mel) =>
  Promise.allSettled(WAYS.map(([, speak]) => speak(vocoder, mel)));

/** What is held, and what of it lies in the heap. */
function held() {
  const { numTensors, heapBytes } = tf.memory() as unknown as Record<string, number>;
  return { numTensors, heapBytes };
}

let wasm: ThreadedWasm | undefined;
afterEach(() => {
  vi.restoreAllMocks();
  wasm?.remove();
  wasm = undefined;
});

/** Waits until these have ended, however long they take: the backend, which listens for longer, knows by then. */
const ended = (workers: ThreadedWasm['workers']) =>
  Promise.all(workers.map((worker) => worker.terminate()));

describe('threads that die while the vocoder speaks', () => {
  it.each(
    WAYS.flatMap(([name, speak]) => [[name, 'all', speak] as const, [name, 'one', speak] as const]),
  )('%s, %s of them: all is served as before', async (_, which, speak) => {
    wasm = await startThreadedWasm(3);
    expect(wasm.workers).toHaveLength(2);
    expect(wasm.threads()).toBe(3);
    const before = tf.memory().numTensors;
    const vocoder = await Vocoder.load(await smallBundle(1, config));
    const mel = smallMel(250);
    const expected = await vocoder.synthesize(mel);
    const dying = which === 'all' ? wasm.workers : wasm.workers.slice(1);
    await speakAll(vocoder, mel);
    const prepared = held();
    let died = false;
    wasm.atOperation('begins', 6, () => {
      died = true;
      for (const worker of dying) void worker.terminate();
    });
    const first = speak(vocoder, mel);
    const others = speakAll(vocoder, mel);
    const fresh = smallMel(7);
    const last = vocoder.synthesize(fresh);
    expectClose(await first, expected, { max: 1e-5 }, 'the one that ran');
    expect(died).toBe(true);
    for (const other of await others) {
      if (other.status === 'rejected') throw other.reason;
      expectClose(other.value, expected, { max: 1e-5 }, 'one that waited');
    }
    const small = await last;
    await ended(dying);
    // Who dies at work takes the others' work with it, since nobody can tell who is stuck.
    expect(wasm.threads()).toBeLessThanOrEqual(3 - dying.length);
    expect(wasm.warnings.at(-1)).toMatch(
      /^hifigan-wasm: .*(ended|no progress).*; it goes on with (one thread|2 threads)$/,
    );
    const told = wasm.warnings.length;
    expect(told).toBeLessThanOrEqual(dying.length);
    expectClose(await vocoder.synthesize(fresh), small, { max: 1e-6 });
    const after = held();
    expect(after.numTensors).toBe(prepared.numTensors);
    // Fewer threads may need less memory of their own.
    expect(after.heapBytes).toBeLessThanOrEqual(prepared.heapBytes);
    await vocoder.dispose();
    expect(tf.memory().numTensors).toBe(before);
    if (wasm.threads() === 1) await ended(wasm.workers);
    expect(wasm.warnings).toHaveLength(told);
  });

  it('in the middle of an item, it is computed anew', async () => {
    const mel = smallMel(250);
    let halfDone = 0;
    // Some rounds, since one that is to end may still finish what it is at.
    for (let round = 0; round < 60 && halfDone < 2; round++) {
      wasm = await startThreadedWasm(3);
      const { workers, warnings } = wasm;
      const before = tf.memory().numTensors;
      const wide = { ...config, upsample_initial_channel: 256 };
      const vocoder = await Vocoder.load(await smallBundle(1, wide));
      const expected = await vocoder.synthesize(mel);
      wasm.atOperation('within', 0, () => {
        for (const worker of workers) void worker.terminate();
      });
      const [name, speak] = WAYS[round % WAYS.length];
      expectClose(await speak(vocoder, mel), expected, { max: 1e-5 }, name);
      if (/made no progress within \d+ ms; it goes on with one/.test(warnings.join())) halfDone++;
      await vocoder.dispose();
      expect(tf.memory().numTensors).toBe(before);
    }
    expect(halfDone).toBe(2);
  });

  it('may be disposed of then, with others waiting', async () => {
    wasm = await startThreadedWasm(3);
    const { workers } = wasm;
    const before = tf.memory().numTensors;
    const vocoder = await Vocoder.load(await smallBundle(1, config));
    let gone: Promise<void> | undefined;
    wasm.atOperation('begins', 6, () => {
      for (const worker of workers) void worker.terminate();
      gone = vocoder.dispose();
    });
    for (const { status, reason } of (await speakAll(vocoder, smallMel(250))) as {
      status: string;
      reason?: Error;
    }[]) {
      expect([status, reason?.name]).toEqual(['rejected', 'VocoderDisposedError']);
    }
    await gone;
    expect(tf.memory().numTensors).toBe(before);
  });
});

/** Tensors that take a part of the heap. */
const filler = () => tf.fill([2 ** 14], 1);

/** Fills what is left of the heap, which the host lets grow no more. @returns frees it */
function fillHeap(): () => void {
  vi.spyOn(WebAssembly.Memory.prototype, 'grow').mockImplementation(() => {
    throw new RangeError('WebAssembly.Memory.grow(): Unable to grow instance memory');
  });
  const fillers: tf.Tensor[] = [];
  try {
    for (;;) fillers.push(filler());
  } catch (error) {
    expect(error).toMatchObject({ name: 'OutOfMemoryError' });
  }
  // Room for what is small.
  tf.dispose(fillers.splice(-6));
  return () => tf.dispose(fillers.splice(0));
}

/** What every such failure says: where, how much, why, and what to do. */
const NO_MEMORY =
  /^Heap\.allocate: bytes=\d+ .* must fit beside the .* because .*; take .*chunkFrames.* or another backend/;

describe.each([1, 3])('a memory that is full, on %i threads', (threads) => {
  it('rejects what finds no room, serves what does, and goes on where there is some', async () => {
    wasm = await startThreadedWasm(threads);
    const before = tf.memory().numTensors;
    const vocoder = await Vocoder.load(await smallBundle(1, config));
    const [large, small] = [smallMel(250), smallMel(2)];
    const expected = await vocoder.synthesize(large);
    const expectedSmall = await vocoder.synthesize(small);
    await speakAll(vocoder, large);
    const prepared = held();
    const free = fillHeap();
    const full = held();
    const order: string[] = [];
    const note = (name: string) => () => void order.push(name);
    const asked = WAYS.flatMap(([name, speak]) => {
      const too = speak(vocoder, large);
      const between = vocoder.synthesize(small);
      void too.catch(note(name));
      void between.then(note('small'), note('small failed'));
      return [too, between];
    });
    const results = await Promise.allSettled(asked);
    for (const [index, result] of results.entries()) {
      if (index % 2 === 0) {
        expect(result.status, WAYS[index / 2][0]).toBe('rejected');
        const { reason } = result as PromiseRejectedResult;
        expect(reason).toMatchObject({
          ...{ name: 'OutOfMemoryError', message: expect.stringMatching(NO_MEMORY) },
        });
      } else {
        if (result.status === 'rejected') throw result.reason;
        expectClose(result.value as Float32Array, expectedSmall, { max: 1e-6 });
      }
    }
    expect(order.filter((name) => name === 'small')).toHaveLength(WAYS.length);
    expect(held()).toEqual(full);
    free();
    vi.restoreAllMocks();
    expect(held()).toEqual(prepared);
    for (const result of await speakAll(vocoder, large)) {
      if (result.status === 'rejected') throw result.reason;
      expectClose(result.value, expected, { max: 1e-5 });
    }
    expect(held()).toEqual(prepared);
    expect(wasm.warnings).toEqual([]);
    await vocoder.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('ends a stream in its midst, which leaves nothing behind', async () => {
    wasm = await startThreadedWasm(threads);
    const before = tf.memory().numTensors;
    const vocoder = await Vocoder.load(await smallBundle(1, config));
    await speakAll(vocoder, smallMel(250));
    const prepared = held();
    let free = () => {};
    let ended = false;
    const source = function* () {
      try {
        yield smallMel(90);
        // It is in its midst: what later steps need is kept.
        expect(tf.memory().numTensors).toBeGreaterThan(prepared.numTensors);
        free = fillHeap();
        yield smallMel(90);
      } finally {
        ended = true;
      }
    };
    let parts = 0;
    const speak = async () => {
      for await (const _ of vocoder.stream(source(), { chunkFrames: 80 })) parts += 1;
    };
    await expect(speak()).rejects.toThrow(NO_MEMORY);
    expect([parts, ended]).toEqual([1, true]);
    free();
    vi.restoreAllMocks();
    expect(held()).toEqual(prepared);
    expect(await joined(vocoder.stream([smallMel(90)]))).toHaveLength(90 * 8);
    await vocoder.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

it('more at once than WebAssembly can hold is refused with advice, which helps', async () => {
  wasm = await startThreadedWasm(2);
  // 4.6 GB behind the first upsampling, asked for before it is computed.
  const wide = {
    ...smallConfig,
    upsample_rates: [256],
    upsample_kernel_sizes: [512],
    upsample_initial_channel: 64,
    resblock_kernel_sizes: [3],
    resblock_dilation_sizes: [[1, 1, 1]],
    hop_size: 256,
  };
  const before = tf.memory().numTensors;
  const vocoder = await Vocoder.load(await smallBundle(1, wide));
  const small = await vocoder.synthesize(smallMel(3));
  const prepared = held();
  const long = { data: new Float32Array(140_000 * 6).fill(-4), frames: 140_000, mels: 6 };
  const whole = { chunkFrames: long.frames };
  const [synthesized, streamed, between, advised] = await Promise.allSettled([
    vocoder.synthesize(long, whole),
    joined(vocoder.stream([long], whole)),
    vocoder.synthesize(smallMel(3)),
    vocoder.stream([long], { chunkFrames: 8 })[Symbol.asyncIterator]().next(),
  ]);
  for (const refused of [synthesized, streamed]) {
    expect(refused).toMatchObject({
      ...{ status: 'rejected' },
      reason: {
        name: 'OutOfMemoryError',
        message: expect.stringMatching(/WebAssembly's memory ends at 409\d MiB; .*chunkFrames/),
      },
    });
  }
  expect(between).toEqual({ status: 'fulfilled', value: small });
  expect(advised).toMatchObject({ status: 'fulfilled', value: { done: false } });
  await vocoder.dispose();
  expect(tf.memory().numTensors).toBe(before);
  expect(prepared.numTensors).toBeGreaterThan(before);
});
