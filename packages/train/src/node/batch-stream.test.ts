import { describe, expect, test } from 'vitest';
import type { Batch, Place } from '../batches.js';
import { BatchStream } from './batch-stream.js';

const PER_EPOCH = 3;

/** A stream whose batches are made when the test says so. */
function streamOf(ahead: number) {
  const asked: string[] = [];
  const makers = new Map<string, { done(): void; fail(error: Error): void }>();
  let disposed = 0;
  let time = 0;
  const stream = new BatchStream({
    maker: {
      at: (place) =>
        new Promise((resolve, reject) => {
          const key = `${place.epoch}/${place.batch}`;
          asked.push(key);
          makers.set(key, { done: () => resolve({ place } as Batch), fail: reject });
        }),
      async dispose() {
        disposed++;
        for (const { fail } of makers.values()) fail(new Error('ended'));
      },
    },
    perEpoch: PER_EPOCH,
    after: ({ epoch, batch }) =>
      batch + 1 < PER_EPOCH ? { epoch, batch: batch + 1 } : { epoch: epoch + 1, batch: 0 },
    ahead,
    now: () => time,
  });
  return {
    stream,
    asked,
    maker: (key: string) => makers.get(key)!,
    wait: (milliseconds: number) => {
      time += milliseconds;
    },
    disposed: () => disposed,
  };
}

const FIRST: Place = { epoch: 0, batch: 0 };

describe('a stream of batches', () => {
  test('has so many made ahead, over the end of an epoch, and no more; each once', async () => {
    const { stream, asked, maker } = streamOf(3);
    const first = stream.at(FIRST);
    expect(asked).toEqual(['0/0', '0/1', '0/2', '1/0']);
    maker('0/1').done();
    maker('0/0').done();
    expect((await first).place).toEqual(FIRST);
    expect(asked).toHaveLength(4);
    expect((await stream.at({ epoch: 0, batch: 1 })).place).toEqual({ epoch: 0, batch: 1 });
    expect(asked).toEqual(['0/0', '0/1', '0/2', '1/0', '1/1']);
  });

  test('fails where the batch fails that is asked for, and not before', async () => {
    const { stream, maker } = streamOf(2);
    const first = stream.at(FIRST);
    maker('0/1').fail(new Error('b.wav is broken'));
    maker('0/0').done();
    await first;
    await expect(stream.at({ epoch: 0, batch: 1 })).rejects.toThrow('b.wav is broken');
  });

  test('goes to another place as well', async () => {
    const { stream, asked, maker } = streamOf(1);
    void stream.at(FIRST);
    const other = stream.at({ epoch: 7, batch: 2 });
    expect(asked).toEqual(['0/0', '0/1', '7/2', '8/0']);
    maker('7/2').done();
    expect((await other).place).toEqual({ epoch: 7, batch: 2 });
  });

  test('tells how long a batch was waited for, and how long ago it was asked for', async () => {
    const { stream, maker, wait } = streamOf(1);
    const first = stream.at(FIRST);
    wait(1500);
    maker('0/0').done();
    maker('0/1').done();
    await first;
    wait(500);
    expect([stream.waitedSeconds, stream.secondsSince()]).toEqual([1.5, 2]);
    await stream.at({ epoch: 0, batch: 1 });
    expect(stream.waitedSeconds).toBe(0);
  });

  test('disposed of, ends what is under way', async () => {
    const { stream, disposed } = streamOf(2);
    const first = stream.at(FIRST);
    await stream.dispose();
    expect(disposed()).toBe(1);
    await expect(first).rejects.toThrow('ended');
  });
});
