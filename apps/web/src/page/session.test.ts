import { expect, it, vi } from 'vitest';
import type { EngineReport, VoiceFacts } from '../protocol.js';
import { connected } from '../testing/connected.js';
import type { Handlers } from '../worker/serve.js';

vi.stubGlobal('document', { baseURI: 'http://studio.test/' });
const { Session } = await import('./session.js');

const engines: readonly EngineReport[] = [
  { name: 'webgpu', title: 'WebGPU' },
  { name: 'wasm-threads', title: 'Threads', missing: 'not isolated' },
  { name: 'wasm', title: 'WebAssembly' },
  { name: 'cpu', title: 'plain' },
];

function voiceOn(engine: VoiceFacts['engine']): VoiceFacts {
  return {
    ...{ title: 'voice', engine, engineDetail: '', notices: [] },
    ...{ samplingRate: 22050, hopSize: 256, mels: 80, lookAhead: 13 },
    ticks: { mel: [], spectrum: [] },
  };
}

/** @param openVoice what the Worker does */
function begun(openVoice: Handlers['openVoice']) {
  const spy = vi.fn(openVoice);
  const { client } = connected({ engines: () => engines, openVoice: spy });
  const session = new Session(client);
  const tried = () => spy.mock.calls.map(([{ engine }]) => engine);
  const told = () => session.messages.list.value.map(({ kind, text }) => `${kind}: ${text}`);
  return { session, tried, told };
}

it('begins on the best engine', async () => {
  const { session, tried, told } = begun(({ engine }) => voiceOn(engine));
  await session.start();
  expect([tried(), told(), session.status.value]).toEqual([['webgpu'], [], 'Ready: WebGPU']);
});

it('begins on the next engine where one that is there fails, says so, and keeps to it', async () => {
  const { session, tried, told } = begun(({ engine }) => {
    if (engine === 'webgpu') throw new Error('no device');
    return voiceOn(engine);
  });
  await session.start();
  expect(tried()).toEqual(['webgpu', 'wasm']);
  expect(session.voice.value?.engine).toBe('wasm');
  expect(session.isPackagedVoice.value).toBe(true);
  expect(told()).toEqual(['notice: WebGPU failed, WebAssembly took its place: no device']);
  expect([session.busy.value, session.status.value]).toEqual([undefined, 'Ready: WebAssembly']);
});

it('tells once where no engine can open the voice, and another can be chosen', async () => {
  let broken = true;
  const { session, tried, told } = begun(({ engine }) => {
    if (broken) throw new Error('voice: cannot be fetched');
    return voiceOn(engine);
  });
  await session.start();
  expect(tried()).toEqual(['webgpu', 'wasm', 'cpu']);
  expect(told()).toEqual(['error: voice: cannot be fetched']);
  expect([session.voice.value, session.busy.value]).toEqual([undefined, undefined]);
  broken = false;
  await session.useEngine('wasm');
  expect(tried().at(-1)).toBe('wasm');
  expect(session.voice.value?.engine).toBe('wasm');
});

/** A studio on WebAssembly with a sound, whose Worker changes engines when it is let. */
async function changing() {
  let through: () => void = () => undefined;
  let renewed = Promise.resolve();
  const answered: string[] = [];
  const input = { name: 'a.wav', kind: 'recording', frames: 9, seconds: 0.1, notices: [] } as const;
  const { client } = connected({
    engines: () => engines.slice(2),
    openVoice({ engine, source }) {
      if ('files' in source) answered.push(`opened on ${engine}`);
      return voiceOn(engine);
    },
    async useEngine(engine) {
      await new Promise<void>((resolve) => {
        through = resolve;
      });
      answered.push(engine);
      return voiceOn(engine);
    },
    openInput: ({ name }: { readonly name?: string }) => ({ ...input, name: name ?? 'a.wav' }),
    async renewInput() {
      answered.push('renewed');
      await renewed;
      return input;
    },
    speak() {
      answered.push('spoken');
      return { audio: new Float32Array(0), seconds: 0, took: 1 };
    },
  } as Partial<Handlers>);
  const session = new Session(client);
  await session.start();
  await session.openInput({ url: 'http://studio.test/a.wav', name: 'a.wav' });
  answered.length = 0;
  const change = session.useEngine('cpu');
  await vi.waitFor(() => expect(session.busy.value).toBe('voice'));
  await new Promise((resolve) => setTimeout(resolve, 20));
  /** Has it take its time over the sound. @returns what ends that */
  const holdRenewal = () => {
    let end: () => void = () => undefined;
    renewed = new Promise((resolve) => {
      end = resolve;
    });
    return end;
  };
  return { session, change, answered, let: () => through(), holdRenewal };
}

it('shows the engine that is chosen while it comes', async () => {
  const { session, change, ...worker } = await changing();
  expect([session.nextEngine.value, session.voice.value?.engine]).toEqual(['cpu', 'wasm']);
  worker.let();
  await change;
  expect([session.nextEngine.value, session.voice.value?.engine]).toEqual([undefined, 'cpu']);
  expect(worker.answered).toEqual(['cpu', 'renewed', 'spoken']);
});

it('shows the engine that computes where its change was cancelled too late, and keeps the sound', async () => {
  const { session, change, ...worker } = await changing();
  session.cancel();
  worker.let();
  await change;
  expect(session.voice.value?.engine).toBe('cpu');
  expect(session.input.value?.name).toBe('a.wav');
  expect(worker.answered).toEqual(['cpu', 'renewed']);
  expect([session.busy.value, session.status.value]).toEqual([undefined, 'Cancelled.']);
});

it('keeps the sound where an engine is chosen while it is made anew for another', async () => {
  const { session, change, ...worker } = await changing();
  const endRenewal = worker.holdRenewal();
  worker.let();
  await vi.waitFor(() => expect(worker.answered).toContain('renewed'));
  const back = session.useEngine('wasm');
  await new Promise((resolve) => setTimeout(resolve, 20));
  // The Worker answers in the order that it is asked in.
  endRenewal();
  await change;
  worker.let();
  await back;
  expect(session.input.value?.name).toBe('a.wav');
  expect(worker.answered).toEqual(['cpu', 'renewed', 'wasm', 'renewed', 'spoken']);
});

it('lets a sound go that is taken away while it is made anew', async () => {
  const { session, change, ...worker } = await changing();
  const endRenewal = worker.holdRenewal();
  worker.let();
  await vi.waitFor(() => expect(worker.answered).toContain('renewed'));
  const removal = session.remove();
  endRenewal();
  await Promise.all([change, removal]);
  expect(session.input.value).toBeUndefined();
});

it('takes the sound that is opened while an engine comes', async () => {
  const { session, change, ...worker } = await changing();
  const opening = session.openInput({ url: 'http://studio.test/b.wav', name: 'b.wav' });
  await new Promise((resolve) => setTimeout(resolve, 20));
  worker.let();
  await Promise.all([change, opening]);
  expect(session.voice.value?.engine).toBe('cpu');
  expect(session.input.value?.name).toBe('b.wav');
  expect(worker.answered).not.toContain('renewed');
});

it('opens a voice that is chosen while an engine comes on that engine', async () => {
  const { session, change, ...worker } = await changing();
  const opening = session.openVoice({ files: [] });
  await new Promise((resolve) => setTimeout(resolve, 20));
  worker.let();
  await Promise.all([change, opening]);
  expect(worker.answered).toContain('opened on cpu');
  expect([session.nextEngine.value, session.voice.value?.engine]).toEqual([undefined, 'cpu']);
});
