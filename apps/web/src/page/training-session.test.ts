import { expect, it, vi } from 'vitest';
import type { InputFacts, VoiceFacts } from '../protocol.js';
import { connected, fakeWorker } from '../testing/connected.js';
import type { Handlers } from '../worker/serve.js';

vi.stubGlobal('document', { baseURI: 'http://studio.test/' });
const { Session } = await import('./session.js');
const { TrainingSession } = await import('./training-session.js');

const voice: VoiceFacts = {
  ...{ title: 'voice', engine: 'wasm', engineDetail: '', notices: [] },
  ...{ samplingRate: 22050, hopSize: 256, mels: 80, lookAhead: 13 },
  ticks: { mel: [], spectrum: [] },
};
const input: InputFacts = { name: 'a', kind: 'mel', frames: 1, seconds: 1, notices: [] };
const empty = { audio: new Float32Array(0), seconds: 1, took: 1 };

/** A studio in which a sound is spoken, and a training that has ended. */
async function trained(handlers: Partial<Handlers> = {}) {
  const { client } = connected({
    engines: () => [{ name: 'wasm', title: 'WebAssembly' }],
    openVoice: () => voice,
    openInput: () => input,
    renewInput: () => input,
    speak: () => ({ ...empty, audio: new Float32Array(9) }),
    ...handlers,
  });
  const session = new Session(client, () => fakeWorker({}).like);
  await session.start();
  await session.openInput({ url: 'a.npy', name: 'a.npy' });
  const workers: ReturnType<typeof fakeWorker>[] = [];
  const training = new TrainingSession(session, () => {
    const worker = fakeWorker({
      train: (_, { progress }) => {
        progress({ state: 'training', steps: 3, seconds: 1 });
        return { steps: 3 };
      },
      trainedVoice: () => ({ files: [{ name: 'card.json', bytes: new Uint8Array(3) }] }),
      trainingPicture: () => new Promise(() => undefined),
    });
    workers.push(worker);
    return worker.like;
  });
  training.add([new File(['x'], 'one.wav')]);
  await training.start();
  return { session, training, workers };
}

it('gives the former voice back, also where what is heard of the new one was cancelled', async () => {
  const { session, training } = await trained({
    renewInput() {
      session.cancel();
      return input;
    },
  });
  const before = session.voiceSource.value;
  await training.listen();
  expect(session.voiceSource.value).not.toBe(before);
  expect(training.isHeard.value).toBe(true);
  expect(training.former.value).toBe(before);
});

it('takes nothing for heard where the voice was not opened', async () => {
  const { session, training } = await trained({
    async openVoice({ source }, { signal }) {
      // Cancelled before it began, as the Worker's own `openVoice` sees it.
      if ('files' in source) {
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        signal.throwIfAborted();
      }
      return voice;
    },
  });
  const before = session.voiceSource.value;
  const listening = training.listen();
  await vi.waitUntil(() => session.busy.value === 'voice', { interval: 0 });
  session.cancel();
  await listening;
  expect(session.voiceSource.value).toBe(before);
  expect([training.isHeard.value, training.former.value]).toEqual([false, undefined]);
});

it('leaves nobody waiting for a Worker that it ends', async () => {
  const { training, workers } = await trained();
  const picture = expect(training.picture({ width: 1, height: 1 })).rejects.toMatchObject({
    name: 'AbortError',
  });
  await training.start();
  expect(workers).toHaveLength(2);
  expect(workers[0].terminate).toHaveBeenCalledOnce();
  await picture;
});
