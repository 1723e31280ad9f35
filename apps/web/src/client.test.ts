import { describe, expect, it, vi } from 'vitest';
import { connected } from './testing/connected.js';

const facts = { name: 'a', kind: 'recording', frames: 1, seconds: 1, notices: [] } as const;

describe('a call from the page to the Worker', () => {
  it('brings results, progress and memory over', async () => {
    const audio = Float32Array.of(1, 2, 3);
    const { client } = connected({
      openInput: () => ({ ...facts, audio }),
      speak: async (_, { progress }) => {
        progress({ frames: 1, of: 2, speed: 3 });
        return { audio: new Float32Array(0), seconds: 1, took: 2 };
      },
    });
    const opened = await client.call('openInput', { url: '', name: '' });
    expect([...opened.audio!]).toEqual([1, 2, 3]);
    // It was not copied, but handed over.
    expect(audio.length).toBe(0);
    const onProgress = vi.fn();
    expect(await client.call('speak', undefined, { onProgress })).toMatchObject({ took: 2 });
    expect(onProgress.mock.calls).toEqual([[{ frames: 1, of: 2, speed: 3 }]]);
  });

  it('fails with what the Worker says, by its name', async () => {
    const { client } = connected({
      openInput: () => {
        throw Object.assign(new Error('a.wav: is none'), { name: 'WavError' });
      },
    });
    await expect(client.call('openInput', { url: '', name: '' })).rejects.toMatchObject({
      ...{ name: 'WavError', message: 'a.wav: is none' },
    });
  });

  it('is ended by its signal', async () => {
    const { client } = connected({
      openInput: (_, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
        }),
    });
    const controller = new AbortController();
    const { signal } = controller;
    const call = client.call('openInput', { url: '', name: '' }, { signal });
    setTimeout(() => controller.abort(), 5);
    await expect(call).rejects.toMatchObject({ name: 'AbortError' });
    await expect(client.call('measurable', undefined, { signal })).rejects.toBe(signal.reason);
  });

  it('fails where the Worker ends', async () => {
    const { client, page } = connected({ openInput: () => new Promise(() => undefined) });
    const call = client.call('openInput', { url: '', name: '' });
    page.dispatchEvent(Object.assign(new Event('error'), { message: 'out of memory' }));
    await expect(call).rejects.toThrow(/Worker ended: out of memory; reload the page/);
  });

  it('ends where the page ends the Worker, and so does each later one', async () => {
    const { client, terminate } = connected({ openInput: () => new Promise(() => undefined) });
    const call = client.call('openInput', { url: '', name: '' });
    client.end();
    expect(terminate).toHaveBeenCalledOnce();
    await expect(call).rejects.toMatchObject({ name: 'AbortError' });
    await expect(client.call('measurable', undefined)).rejects.toMatchObject({
      name: 'AbortError',
    });
  });
});
