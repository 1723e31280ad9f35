import { expect, it, vi } from 'vitest';
import { connected, fakeWorker } from '../testing/connected.js';
import { engines, voiceOn } from '../testing/studio-answers.js';
import type { Handlers } from '../worker/serve.js';

vi.stubGlobal('document', { baseURI: 'http://studio.test/' });
const { Session } = await import('./session.js');

/** Nothing is measured here. */
const noMeasuring = () => fakeWorker({}).like;

/** @param openVoice what the Worker does */
function begun(openVoice: Handlers['openVoice']) {
  const spy = vi.fn(openVoice);
  const { client } = connected({ engines: () => engines, openVoice: spy });
  const session = new Session(client, noMeasuring);
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
  const session = new Session(client, noMeasuring);
  await session.start();
  await session.openInput({ url: 'http://studio.test/a.wav', name: 'a.wav' });
  answered.length = 0;
  const change = session.useEngine('cpu');
  await vi.waitFor(() => expect(session.busy.value).toBe('engine'));
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

/** A studio that opens voices and sounds when it is let, and what it has spoken, by the voice. */
async function opening() {
  const held: (() => void)[] = [];
  const hold = () => new Promise<void>((resolve) => held.push(resolve));
  let voice = 'packaged';
  let isBad = false;
  let isDeaf = false;
  let renewal = Promise.resolve();
  let sound = '';
  const spoken: string[] = [];
  const { client } = connected({
    engines: () => engines.slice(2),
    async openVoice({ source, engine }, { signal }) {
      if ('files' in source) await hold();
      if (!isDeaf) signal.throwIfAborted();
      if (isBad) throw new Error('not a checkpoint');
      // A clone of a file has no name here.
      if ('files' in source) voice = 'dropped';
      return voiceOn(engine);
    },
    async openInput(source, { signal }) {
      await hold();
      if (!isDeaf) signal.throwIfAborted();
      sound = 'name' in source ? source.name : 'dropped.wav';
      return input(sound);
    },
    useEngine: (engine) => voiceOn(engine),
    async renewInput() {
      await renewal;
      return input(sound);
    },
    async speak(_, { signal }) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      signal.throwIfAborted();
      spoken.push(`${sound} by ${voice}`);
      return { audio: new Float32Array(0), seconds: 100, took: 1 };
    },
  });
  const input = (name: string) =>
    ({ name, kind: 'recording', frames: 9, seconds: 0.1, notices: [] }) as const;
  const session = new Session(client, noMeasuring);
  await session.start();
  const through = async () => {
    // What was cancelled before has heard so.
    await new Promise((resolve) => setTimeout(resolve, 20));
    await vi.waitFor(() => expect(held).not.toHaveLength(0));
    held.shift()!();
  };
  const spoil = () => {
    isBad = true;
  };
  /** What is opened goes through from now on, though it is cancelled. */
  const deafen = (now = true) => {
    isDeaf = now;
  };
  /** Has a sound take its time to be made anew. @returns what ends that */
  const holdRenewal = () => {
    let end: () => void = () => undefined;
    renewal = new Promise((resolve) => {
      end = resolve;
    });
    return end;
  };
  return { session, spoken, through, spoil, deafen, holdRenewal, voice: () => voice };
}

const pth = new File(['x'], 'g.pth');
const wav = { url: 'http://studio.test/a.wav', name: 'a.wav' };

it('opens a sound that comes while a voice is opened for that voice', async () => {
  const { session, spoken, through, voice } = await opening();
  const first = session.openFiles([pth]);
  await vi.waitFor(() => expect(session.busy.value).toBe('voice'));
  const second = session.openInput(wav);
  await through();
  await through();
  await Promise.all([first, second]);
  expect([voice(), session.input.value?.name]).toEqual(['dropped', 'a.wav']);
  expect(spoken).toEqual(['a.wav by dropped']);
});

it('keeps a sound that is being opened where a voice or an engine is chosen', async () => {
  const { session, spoken, through, voice } = await opening();
  const sound = session.openInput(wav);
  await vi.waitFor(() => expect(session.busy.value).toBe('input'));
  const engine = session.useEngine('cpu');
  await through();
  await Promise.all([sound, engine]);
  expect([session.input.value?.name, session.voice.value?.engine]).toEqual(['a.wav', 'cpu']);
  const next = session.openInput({ ...wav, name: 'b.wav' });
  await vi.waitFor(() => expect(session.busy.value).toBe('input'));
  const model = session.openFiles([pth]);
  await through();
  await through();
  await Promise.all([next, model]);
  expect([voice(), session.input.value?.name]).toEqual(['dropped', 'b.wav']);
  expect(spoken.at(-1)).toBe('b.wav by dropped');
});

it('keeps a voice that is being opened where an engine is chosen', async () => {
  const { session, through, voice } = await opening();
  const model = session.openFiles([pth]);
  await vi.waitFor(() => expect(session.busy.value).toBe('voice'));
  const engine = session.useEngine('cpu');
  await through();
  await Promise.all([model, engine]);
  expect([voice(), session.voice.value?.engine]).toEqual(['dropped', 'cpu']);
});

it.each([
  ['Escape', (session: InstanceType<typeof Session>) => session.cancel()],
  ['the removal of the sound', (session: InstanceType<typeof Session>) => void session.remove()],
])('a sound that waits for a voice is dropped by %s', async (_, end) => {
  const { session, through } = await opening();
  const model = session.openFiles([pth]);
  await vi.waitFor(() => expect(session.busy.value).toBe('voice'));
  const sound = session.openInput({ ...wav, samples: new Float32Array(9), samplingRate: 22050 });
  await vi.waitFor(() => expect(session.waiting.value.has('sound')).toBe(true));
  expect(session.wouldLose.value).toBe(true);
  end(session);
  // At once, though the Worker goes through with the voice.
  await sound;
  expect([session.waiting.value.size, session.wouldLose.value]).toEqual([0, false]);
  await through();
  await model;
  expect(session.input.value).toBeUndefined();
});

it('does not have the sound before spoken where a voice comes with another', async () => {
  const { session, spoken, through } = await opening();
  const first = session.openInput(wav);
  await through();
  await first;
  spoken.length = 0;
  const both = session.openFiles([pth, new File(['x'], 'b.wav')]);
  await through();
  await through();
  await both;
  expect(spoken).toEqual(['dropped.wav by dropped']);
  expect(session.input.value?.name).toBe('dropped.wav');
});

it('speaks on where the voice that ended it cannot be opened', async () => {
  const { session, spoken, through, spoil } = await opening();
  const first = session.openInput(wav);
  await through();
  await vi.waitFor(() => expect(session.busy.value).toBe('speaking'));
  spoil();
  const model = session.openVoice({ files: [pth] });
  await vi.waitFor(() => expect(session.busy.value).toBe('voice'));
  await through();
  await Promise.all([first, model]);
  expect(spoken).toEqual(['a.wav by packaged']);
});

it('has the sound spoken by a voice that came though another was chosen, which then failed', async () => {
  const { session, spoken, through, spoil, deafen, voice } = await opening();
  const first = session.openInput(wav);
  await through();
  await first;
  spoken.length = 0;
  deafen();
  const good = session.openVoice({ files: [pth] });
  await vi.waitFor(() => expect(session.busy.value).toBe('voice'));
  const bad = session.openVoice({ files: [pth] });
  await through();
  await vi.waitFor(() => expect(voice()).toBe('dropped'));
  spoil();
  await through();
  await Promise.all([good, bad]);
  expect(spoken).toEqual(['a.wav by dropped']);
  expect([session.input.value?.name, session.busy.value]).toEqual(['a.wav', undefined]);
});

it('makes the sound anew for a voice that came though it was cancelled, and does not speak it', async () => {
  const { session, spoken, through, deafen, voice } = await opening();
  const first = session.openInput(wav);
  await through();
  await first;
  spoken.length = 0;
  deafen();
  const one = session.openVoice({ files: [pth] });
  await vi.waitFor(() => expect(session.busy.value).toBe('voice'));
  const other = session.openVoice({ files: [pth] });
  await new Promise((resolve) => setTimeout(resolve, 20));
  session.cancel();
  await through();
  await vi.waitFor(() => expect(voice()).toBe('dropped'));
  deafen(false);
  await through();
  await Promise.all([one, other]);
  expect([voice(), session.input.value?.name, spoken]).toEqual(['dropped', 'a.wav', []]);
});

it('has the sound spoken by a voice whose place another took while the sound was made anew, and that failed', async () => {
  const { session, spoken, through, spoil, holdRenewal, voice } = await opening();
  const first = session.openInput(wav);
  await through();
  await first;
  spoken.length = 0;
  const endRenewal = holdRenewal();
  const good = session.openVoice({ files: [pth] });
  await vi.waitFor(() => expect(session.busy.value).toBe('voice'));
  await through();
  await vi.waitFor(() => expect(voice()).toBe('dropped'));
  await vi.waitFor(() => expect(session.input.value).toBeUndefined());
  spoil();
  const bad = session.openVoice({ files: [pth] });
  await new Promise((resolve) => setTimeout(resolve, 20));
  endRenewal();
  await through();
  await Promise.all([good, bad]);
  expect(spoken).toEqual(['a.wav by dropped']);
});

it('tells what is done now, and not that what it took the place of was cancelled', async () => {
  const { session, through } = await opening();
  const first = session.openInput(wav);
  await vi.waitFor(() => expect(session.busy.value).toBe('input'));
  const second = session.openInput({ ...wav, name: 'b.wav' });
  await new Promise((resolve) => setTimeout(resolve, 20));
  const told: string[] = [];
  const end = session.status.subscribe((words) => told.push(words));
  await through();
  await through();
  await Promise.all([first, second]);
  end();
  expect(told).not.toContain('Cancelled.');
  const third = session.openInput(wav);
  await vi.waitFor(() => expect(session.busy.value).toBe('input'));
  const removal = session.remove();
  await through();
  await Promise.all([third, removal]);
  expect(session.status.value).toBe('The sound was removed.');
});

it('opens a model and a sound that come together in this order, also where a sound is being opened', async () => {
  const { session, spoken, through } = await opening();
  const first = session.openInput(wav);
  await vi.waitFor(() => expect(session.busy.value).toBe('input'));
  const both = session.openFiles([pth, new File(['x'], 'b.wav')]);
  await through();
  await vi.waitFor(() => expect(session.busy.value).toBe('voice'));
  await through();
  await through();
  await Promise.all([first, both]);
  expect(spoken).toEqual(['dropped.wav by dropped']);
});

it('shows a sound that was cancelled too late, and does not speak it', async () => {
  const { session, spoken, through, deafen } = await opening();
  deafen();
  const sound = session.openInput(wav);
  await vi.waitFor(() => expect(session.busy.value).toBe('input'));
  session.cancel();
  await through();
  await sound;
  expect(session.input.value?.name).toBe('a.wav');
  expect([spoken, session.busy.value, session.status.value]).toEqual([[], undefined, 'Cancelled.']);
});

it('does not show a sound that came too late to be removed', async () => {
  const { session, through, deafen } = await opening();
  deafen();
  const sound = session.openInput(wav);
  await vi.waitFor(() => expect(session.busy.value).toBe('input'));
  void session.remove();
  await through();
  await sound;
  expect(session.input.value).toBeUndefined();
});

it('shows the engine that was chosen last while it waits, chosen for the second time too', async () => {
  const { session, through } = await opening();
  const model = session.openFiles([pth]);
  await vi.waitFor(() => expect(session.busy.value).toBe('voice'));
  const choices = (['cpu', 'wasm', 'cpu'] as const).map((name) => session.useEngine(name));
  await Promise.all(choices.slice(0, 2));
  expect(session.nextEngine.value).toBe('cpu');
  await through();
  await Promise.all([model, ...choices]);
  expect([session.nextEngine.value, session.voice.value?.engine]).toEqual([undefined, 'cpu']);
});

it('drops a sound that waits for the start of the studio where that is wanted', async () => {
  let through: () => void = () => undefined;
  const openInput = vi.fn();
  const { client } = connected({
    engines: () => engines.slice(2),
    async openVoice({ engine }) {
      await new Promise<void>((resolve) => {
        through = resolve;
      });
      return voiceOn(engine);
    },
    openInput,
  });
  const session = new Session(client, noMeasuring);
  const start = session.start();
  const sound = session.openInput(wav);
  expect([...session.waiting.value]).toEqual(['sound']);
  session.cancel();
  await sound;
  await new Promise((resolve) => setTimeout(resolve, 20));
  through();
  await start;
  expect(openInput).not.toHaveBeenCalled();
  expect(session.status.value).toBe('Ready: WebAssembly');
});
