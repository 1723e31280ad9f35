import { melProfile } from '@hifigan/audio';
import { presets } from '@hifigan/config';
import type { StreamOptions } from '@hifigan/vocoder';
import { expect, it, vi } from 'vitest';
import type { LiveProgress } from '../protocol.js';
import { type LiveVoice, runLive } from './live.js';

const RATE = 22050;
const BATCH = 1024;

/** A voice that makes silence, and takes `load` seconds for each second of it. */
function voiceOf(load: number) {
  const clock = { seconds: 0 };
  const asked: StreamOptions[] = [];
  // Long enough for what is heard meanwhile to arrive: messages come in a turn of the loop, timers may be before them.
  const warmup = vi.fn(async () => {
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
  });
  const voice: LiveVoice = {
    clock,
    vocoder: {
      config: presets.v2,
      profile: melProfile('hifigan')!,
      warmup,
      stream(mels, options = {}) {
        asked.push(options);
        return (async function* () {
          for await (const { frames } of mels) {
            options.signal?.throwIfAborted();
            clock.seconds += (load * frames * 256) / RATE;
            yield new Float32Array(frames * 256);
          }
        })();
      },
    },
  };
  return { voice, clock, asked, warmup };
}

/** Live sound of a microphone that a test is. */
function live(voice: LiveVoice, lookAhead = 4) {
  const [heard, said] = [new MessageChannel(), new MessageChannel()];
  const stop = new AbortController();
  const told: LiveProgress[] = [];
  let spoken = 0;
  said.port1.onmessage = ({ data }: MessageEvent<Float32Array>) => {
    spoken += data.length;
  };
  const end = runLive(
    voice,
    { microphone: heard.port2, speaker: said.port2, contextRate: RATE, lookAhead },
    { signal: stop.signal, progress: (value) => told.push(value) },
  );
  const hear = (batches: number) => {
    for (let i = 0; i < batches; i++) heard.port1.postMessage(new Float32Array(BATCH));
  };
  return {
    ...{ end, stop, told, hear },
    tell: (latency: number) => said.port1.postMessage({ latency, gaps: 2 }),
    spoken: () => spoken,
    close() {
      heard.port1.close();
      said.port1.close();
    },
  };
}

it('speaks what it hears, tells how late it is and why, and ends when it is told to', async () => {
  const { voice, asked, warmup } = voiceOf(0.25);
  const session = live(voice);
  // Before it has begun: heard, and not spoken.
  session.hear(2);
  await new Promise((resolve) => setTimeout(resolve, 50));
  session.tell(0.4);
  session.hear(30);
  // 32 batches, less the rest of a window and what does not fill two frames.
  await expect.poll(session.spoken).toBe(30 * BATCH - 512);
  expect(session.told.length).toBeGreaterThan(1);
  const { latency, gaps, load, waits } = session.told.at(-1)!;
  // What was passed over is no delay of what came after it.
  expect(latency).toBeCloseTo(0.4 - (2 * BATCH) / RATE, 6);
  expect(gaps).toBe(2);
  expect(load).toBeCloseTo(0.25, 6);
  expect(waits.frames).toBeCloseTo((8 * 256) / RATE, 6);
  expect(waits.window).toBeCloseTo(384 / RATE, 6);
  expect(waits.lookAhead).toBeCloseTo((4 * 256) / RATE, 6);
  expect(asked[0]).toMatchObject({ chunkFrames: 8, lookAhead: 4, samplingRate: RATE });
  // A whole piece with what V2 depends on, before anything is heard.
  expect(warmup).toHaveBeenCalledWith(13 + 8 + 13, expect.anything());
  session.stop.abort();
  expect(await session.end).toEqual({ reason: 'stopped', seconds: (30 * BATCH - 512) / RATE });
  session.close();
});

it('ends, and says why, where computing takes longer than the sound lasts', async () => {
  const { voice, clock } = voiceOf(2.5);
  const session = live(voice);
  await new Promise((resolve) => setTimeout(resolve, 50));
  // Each batch when the one before has been spoken, as a slow engine lets the microphone in.
  for (let i = 0; i < 100; i++) {
    session.hear(1);
    await new Promise((resolve) => setTimeout(resolve));
  }
  const { reason, seconds } = await session.end;
  expect(reason).toBe('too slow');
  // One and a half seconds behind, which is one of sound at that pace.
  expect(clock.seconds - seconds).toBeGreaterThan(1.5);
  expect(clock.seconds - seconds).toBeLessThan(1.6);
  session.close();
});

it('ends where more is heard than is taken', async () => {
  const { voice } = voiceOf(0.1);
  const session = live(voice);
  await new Promise((resolve) => setTimeout(resolve, 50));
  session.hear(40);
  expect((await session.end).reason).toBe('too slow');
  session.close();
});

it('can be ended while it prepares', async () => {
  const { voice, warmup } = voiceOf(0.1);
  warmup.mockImplementation((async (_frames: number, { signal }: { signal: AbortSignal }) => {
    await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  }) as never);
  const session = live(voice);
  session.stop.abort();
  expect(await session.end).toEqual({ reason: 'stopped', seconds: 0 });
  session.close();
});

it('an error of the voice is no end', async () => {
  const { voice, warmup } = voiceOf(0.1);
  warmup.mockRejectedValue(new Error('the GPU is gone'));
  const session = live(voice);
  await expect(session.end).rejects.toThrow('the GPU is gone');
  session.close();
});
