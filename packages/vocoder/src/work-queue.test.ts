import { describe, expect, it } from 'vitest';
import { VocoderDisposedError } from './vocoder-disposed-error.js';
import { WorkQueue } from './work-queue.js';

/** A promise and what settles it. */
function deferred() {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

describe('WorkQueue', () => {
  it('does one thing at a time, in the order in which it was asked', async () => {
    const queue = new WorkQueue();
    const seen: string[] = [];
    let running = 0;
    const work = (index: number) => async () => {
      running += 1;
      expect(running).toBe(1);
      // Those that come first take longest.
      for (let i = 0; i < 20 - index; i++) await Promise.resolve();
      seen.push(`${index}`);
      running -= 1;
      return index;
    };
    const all = Array.from({ length: 20 }, (_, i) => queue.run(work(i), { what: 'test' }));
    expect(await Promise.all(all)).toEqual(Array.from({ length: 20 }, (_, i) => i));
    expect(seen).toEqual(Array.from({ length: 20 }, (_, i) => `${i}`));
  });

  it('goes on after what fails', async () => {
    const queue = new WorkQueue();
    const first = queue.run(async () => Promise.reject(new Error('of the engine')), { what: 'a' });
    const second = queue.run(async () => 2, { what: 'b' });
    await expect(first).rejects.toThrow('of the engine');
    expect(await second).toBe(2);
  });

  it('ends on a signal: before its turn, while it waits, and at a checkpoint', async () => {
    const queue = new WorkQueue();
    const reason = new Error('enough');
    await expect(
      queue.run(async () => 1, { what: 'a', signal: AbortSignal.abort(reason) }),
    ).rejects.toBe(reason);
    const { promise, resolve } = deferred();
    const running = new AbortController();
    const first = queue.run(
      async (checkpoint) => {
        await promise;
        await checkpoint();
        throw new Error('must not come here');
      },
      { what: 'b', signal: running.signal },
    );
    const waiting = new AbortController();
    let started = false;
    const second = queue.run(
      async () => {
        started = true;
      },
      { what: 'c', signal: waiting.signal },
    );
    const third = queue.run(async () => 3, { what: 'd' });
    waiting.abort(reason);
    // It need not wait for its turn to be told.
    await expect(second).rejects.toBe(reason);
    running.abort(reason);
    resolve();
    await expect(first).rejects.toBe(reason);
    expect(await third).toBe(3);
    expect(started).toBe(false);
  });

  it('closes: what runs ends, what waits is refused, and only then all is freed, once', async () => {
    const queue = new WorkQueue();
    const { promise, resolve } = deferred();
    const begun = deferred();
    const first = queue.run(
      async (checkpoint) => {
        begun.resolve();
        await promise;
        await checkpoint();
      },
      { what: 'first' },
    );
    const second = queue.run(async () => 2, { what: 'second' });
    let freed = 0;
    const free = () => {
      freed += 1;
    };
    await begun.promise;
    const closed = queue.close(free);
    await expect(second).rejects.toThrow(VocoderDisposedError);
    await expect(second).rejects.toThrow(/^second: the vocoder must not be disposed of before/);
    expect(freed).toBe(0);
    resolve();
    await expect(first).rejects.toThrow(VocoderDisposedError);
    await closed;
    await queue.close(free);
    expect(freed).toBe(1);
    await expect(queue.run(async () => 4, { what: 'late' })).rejects.toThrow(/^late: /);
  });

  it('waits for what takes no turn until a signal or its closing, and asks nothing afterwards', async () => {
    const queue = new WorkQueue();
    const silent = () => new Promise<never>(() => {});
    expect(await queue.wait(async () => 5, { what: 'a' })).toBe(5);
    const failing = () => Promise.reject(new Error('of the source'));
    await expect(queue.wait(failing, { what: 'a' })).rejects.toThrow('of the source');
    const reason = new Error('enough');
    const controller = new AbortController();
    const aborted = queue.wait(silent, { what: 'b', signal: controller.signal });
    const closed = queue.wait(silent, { what: 'c' });
    expect(await queue.run(async () => 1, { what: 'd' })).toBe(1);
    controller.abort(reason);
    await expect(aborted).rejects.toBe(reason);
    await queue.close(() => {});
    await expect(closed).rejects.toThrow(/^c: the vocoder must not be disposed of before/);
    let asked = false;
    const ask = async () => {
      asked = true;
    };
    await expect(queue.wait(ask, { what: 'e' })).rejects.toThrow(VocoderDisposedError);
    await expect(new WorkQueue().wait(ask, { what: 'f', signal: controller.signal })).rejects.toBe(
      reason,
    );
    expect(asked).toBe(false);
  });

  it('frees at once where nothing runs', () => {
    const queue = new WorkQueue();
    let freed = false;
    void queue.close(() => {
      freed = true;
    });
    expect(freed).toBe(true);
  });

  it.each(['idle', 'busy'])('tells whoever closes it, %s, that freeing failed', async (state) => {
    const queue = new WorkQueue();
    const failure = new Error('of the engine');
    const { promise, resolve } = deferred();
    const begun = deferred();
    const hold = () => {
      begun.resolve();
      return promise;
    };
    const work = state === 'busy' ? queue.run(hold, { what: 'a' }) : undefined;
    if (work) await begun.promise;
    const free = () => {
      throw failure;
    };
    const closed = queue.close(free);
    resolve();
    await expect(closed).rejects.toBe(failure);
    await expect(queue.close(free)).rejects.toBe(failure);
    // The work itself was done.
    await work;
  });
});
