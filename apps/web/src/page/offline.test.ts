import { afterEach, expect, it, vi } from 'vitest';
import { connected, fakeWorker } from '../testing/connected.js';

vi.stubGlobal('document', { baseURI: 'http://studio.test/' });
const { Session } = await import('./session.js');
const { TrainingSession } = await import('./training-session.js');
const { registerServiceWorker } = await import('./offline.js');

afterEach(() => vi.unstubAllGlobals());

/** A first visit to a plain static host, at the end of which the service worker takes the page over. */
async function firstVisit(visit: (session: InstanceType<typeof Session>) => unknown) {
  const container = Object.assign(new EventTarget(), {
    controller: null,
    register: async () => new EventTarget(),
  });
  const reload = vi.fn();
  vi.stubGlobal('navigator', { serviceWorker: container });
  vi.stubGlobal('location', { reload });
  vi.stubGlobal('crossOriginIsolated', false);
  // Its Worker has not answered yet.
  const { client } = connected({ engines: () => new Promise(() => undefined) });
  const session = new Session(client, () => fakeWorker({}).like);
  void session.start();
  await registerServiceWorker(session);
  visit(session);
  container.dispatchEvent(new Event('controllerchange'));
  const told = session.messages.list.value.map(({ text }) => text);
  return { reloaded: reload.mock.calls.length > 0, told };
}

it('loads a first visit once more, where nothing was begun', async () => {
  expect(await firstVisit(() => undefined)).toEqual({ reloaded: true, told: [] });
});

const file = new File(['x'], 'a.wav');

it.each([
  [
    'a sound that was dropped',
    (session: InstanceType<typeof Session>) => session.openFiles([file]),
  ],
  [
    'a voice that was dropped',
    (session: InstanceType<typeof Session>) => session.openFiles([new File(['x'], 'g.pth')]),
  ],
  [
    'recordings to learn from',
    (session: InstanceType<typeof Session>) =>
      new TrainingSession(session, () => fakeWorker({}).like).add([file]),
  ],
])('does not lose %s', async (_, visit) => {
  const { reloaded, told } = await firstVisit((session) => void visit(session));
  expect(reloaded).toBe(false);
  expect(told).toEqual(['Reload the page to compute on all processors.']);
});
