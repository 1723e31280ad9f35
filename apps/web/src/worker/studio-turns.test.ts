import { writeNpy } from '@hifigan/checkpoint';
import { expect, it } from 'vitest';
import type { LiveProgress } from '../protocol.js';
import { tinyVoice } from '../testing/tiny-voice.js';
import { Studio } from './studio.js';

const RATE = 22050;
const signal = new AbortController().signal;

/** A studio that has spoken, in plain JavaScript. */
async function spoken() {
  const files = Object.entries(await tinyVoice()).map(
    ([name, bytes]) => new File([bytes as Uint8Array<ArrayBuffer>], name),
  );
  const studio = new Studio();
  await studio.openVoice({ source: { files }, engine: 'cpu' }, { signal });
  const samples = Float32Array.from({ length: RATE / 2 }, (_, n) => Math.sin(n / 20) / 4);
  await studio.openInput({ samples, samplingRate: RATE, name: 'tone' }, { signal });
  await studio.speak(undefined, { signal, progress: () => undefined });
  return studio;
}

it('lets all that is asked for wait while a voice changes', async () => {
  const studio = await spoken();
  const change = studio.useEngine('cpu', { signal });
  // It has begun: there is no voice now.
  await Promise.resolve();
  expect(() => studio.vocoder).toThrow('a voice must be open');
  const [heard, said] = [new MessageChannel(), new MessageChannel()];
  const stop = new AbortController();
  const live = studio.live(
    { microphone: heard.port2, speaker: said.port2, contextRate: RATE, lookAhead: 0 },
    { signal: stop.signal, progress: (_: LiveProgress) => undefined },
  );
  stop.abort();
  const [picture, pair, mel, wav, end] = await Promise.all([
    studio.picture({ view: 'mel', of: 'generated', from: 0, to: 0.1, width: 8, height: 8 }),
    studio.measurable(),
    studio.save('mel'),
    studio.save('wav'),
    live,
    change,
  ]);
  expect(picture.pixels).toHaveLength(8 * 8 * 4);
  expect(pair.original).toHaveLength(pair.generated.length);
  expect(pair.mel.samplingRate).toBe(pair.samplingRate);
  expect([mel.name, wav.name]).toEqual(['tone.npy', 'tone-generated.wav']);
  expect(end).toEqual({ reason: 'stopped', seconds: 0 });
  for (const { port1 } of [heard, said]) port1.close();
});

it('keeps what was spoken where a change of engine fails', async () => {
  const studio = await spoken();
  // There is no GPU here, nor in any test of the plain engine.
  await expect(studio.useEngine('webgpu', { signal })).rejects.toThrow();
  expect((await studio.save('wav')).name).toBe('tone-generated.wav');
});

it('speaks a mel of one frame, which has sound and no spectrum', async () => {
  const studio = await spoken();
  const bytes = writeNpy({ shape: [12, 1], data: new Float32Array(12).fill(-4) });
  const file = new File([bytes as Uint8Array<ArrayBuffer>], 'one.npy');
  await studio.openInput({ file }, { signal });
  const { audio } = await studio.speak(undefined, { signal, progress: () => undefined });
  expect(audio.length).toBeGreaterThan(0);
  const request = { view: 'mel', from: 0, to: 0.01, width: 4, height: 4 } as const;
  expect((await studio.picture({ ...request, of: 'original' })).pixels).toHaveLength(64);
  expect((await studio.picture({ ...request, of: 'generated' })).pixels).toBeUndefined();
});
