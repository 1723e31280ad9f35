import { expect, it, vi } from 'vitest';
import type { Measures } from '../protocol.js';
import { connected, fakeWorker } from '../testing/connected.js';
import { engines, voiceOn } from '../testing/studio-answers.js';

vi.stubGlobal('document', { baseURI: 'http://studio.test/' });
const { Session } = await import('./session.js');

/** A studio that has spoken a long recording, and measures when it is let. */
async function measuring() {
  const workers: (ReturnType<typeof fakeWorker> & { through: () => void })[] = [];
  const { client } = connected({
    engines: () => engines.slice(2),
    openVoice: ({ engine }) => voiceOn(engine),
    openInput: () => ({ name: 'a', kind: 'recording', frames: 9, seconds: 600, notices: [] }),
    speak: () => ({ audio: new Float32Array(0), seconds: 600, took: 1 }),
    save: () => {
      throw new Error('the disk is full');
    },
    measurable: () => ({
      ...{ original: new Float32Array(9), generated: new Float32Array(9), samplingRate: 22050 },
      mel: {} as never,
    }),
  });
  const session = new Session(client, () => {
    let through: () => void = () => undefined;
    const worker = fakeWorker({
      async measure(_, { progress }) {
        progress({ what: 'pitch', done: 1, of: 2 });
        await new Promise<void>((resolve) => {
          through = resolve;
        });
        return { stoi: 0.9 } as Measures;
      },
    });
    workers.push({ ...worker, through: () => through() });
    return worker.like;
  });
  await session.start();
  await session.openInput({ url: 'http://studio.test/a.wav', name: 'a.wav' });
  const measured = session.measuring.measure();
  await vi.waitFor(() => expect(session.measuring.progress.value?.what).toBe('pitch'));
  return { session, workers, measured };
}

it('measures in a Worker that goes with it, while other things go on', async () => {
  const { session, workers, measured } = await measuring();
  await session.save('mel');
  expect(session.messages.list.value.map(({ text }) => text)).toEqual(['the disk is full']);
  expect(session.measuring.result.value).toBe('busy');
  workers[0].through();
  await measured;
  expect(session.measuring.result.value).toEqual({ stoi: 0.9 });
  expect(session.measuring.progress.value).toBeUndefined();
  expect(workers[0].terminate).toHaveBeenCalled();
});

it.each([
  ['its button', (session: InstanceType<typeof Session>) => session.measuring.stop()],
  ['Escape', (session: InstanceType<typeof Session>) => session.cancel()],
  ['a sound that is spoken', (session: InstanceType<typeof Session>) => void session.speak()],
  [
    'another measuring',
    (session: InstanceType<typeof Session>) => void session.measuring.measure(),
  ],
])('measuring is ended by %s, without complaint', async (_, end) => {
  const { session, workers, measured } = await measuring();
  end(session);
  // At once: there is no waiting for what it is at.
  await vi.waitFor(() => expect(workers[0].terminate).toHaveBeenCalled());
  await measured;
  expect(session.measuring.result.value).not.toEqual({ stoi: 0.9 });
  expect(session.messages.list.value).toEqual([]);
});

it('says why it cannot measure where its Worker fails before it is asked', async () => {
  const { client } = connected({
    engines: () => engines.slice(2),
    openVoice: ({ engine }) => voiceOn(engine),
    openInput: () => ({ name: 'a', kind: 'recording', frames: 9, seconds: 600, notices: [] }),
    speak: () => ({ audio: new Float32Array(0), seconds: 600, took: 1 }),
    measurable: () => ({ original: new Float32Array(9), generated: new Float32Array(9) }) as never,
  });
  const session = new Session(client, () => {
    const { like, page } = fakeWorker({ measure: () => new Promise(() => undefined) });
    queueMicrotask(() => page.dispatchEvent(new Event('error')));
    return like;
  });
  await session.start();
  await session.openInput({ url: 'http://studio.test/a.wav', name: 'a.wav' });
  await session.measuring.measure();
  expect(session.messages.list.value.map(({ text }) => text)).toEqual([
    'the Worker that measures ended: its script could not be loaded; reload the page',
  ]);
  expect(session.measuring.result.value).toBeUndefined();
});

it('says why it cannot measure, and can be asked again', async () => {
  const { session, workers, measured } = await measuring();
  workers[0].page.dispatchEvent(new Event('error'));
  await measured;
  expect(session.messages.list.value.map(({ text }) => text)).toEqual([
    expect.stringMatching(/the Worker that measures ended/),
  ]);
  expect(session.measuring.result.value).toBeUndefined();
  const again = session.measuring.measure();
  await vi.waitFor(() => expect(session.measuring.progress.value?.what).toBe('pitch'));
  workers[1].through();
  await again;
  expect(session.measuring.result.value).toEqual({ stoi: 0.9 });
});
