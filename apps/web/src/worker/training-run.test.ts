import { writeWav } from '@hifigan/audio';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, expect, it } from 'vitest';
import type { TrainingProgress, TrainingStart } from '../protocol.js';
import { tinyVoice } from '../testing/tiny-voice.js';
import { Training } from './training.js';

afterEach(() => {
  tf.removeBackend('hifigan-wasm');
});

/** Of tones that swell, on one thread. */
async function beginning(): Promise<TrainingStart> {
  const samplingRate = 22050;
  const audio = Float32Array.from({ length: 12 * samplingRate }, (_, n) => {
    const time = n / samplingRate;
    return 0.5 * Math.sin(2 * Math.PI * 300 * time) * Math.abs(Math.sin(3 * time));
  });
  const voice = Object.entries(await tinyVoice()).map(
    ([name, bytes]) => new File([bytes.slice()], name),
  );
  return {
    ...{ source: { files: voice }, engine: 'wasm' },
    files: [new File([writeWav({ samplingRate, channels: [audio] }).slice()], 'tones.wav')],
  };
}

it('ends where it is to wait after it was ended, within one step', async () => {
  const training = new Training();
  const stop = new AbortController();
  const states: string[] = [];
  const end = await training.run(await beginning(), {
    signal: stop.signal,
    progress: ({ state, steps }: TrainingProgress) => {
      states.push(state);
      if (steps < 1 || stop.signal.aborted) return;
      stop.abort();
      training.hold(true);
    },
  });
  expect(end.steps).toBeGreaterThan(0);
  expect(states).not.toContain('paused');
});

it('ends where it waits, and is to wait again at once', async () => {
  const training = new Training();
  const stop = new AbortController();
  const states: string[] = [];
  training.hold(true);
  await training.run(await beginning(), {
    signal: stop.signal,
    progress: ({ state }: TrainingProgress) => {
      states.push(state);
      if (state !== 'paused') return;
      setTimeout(() => {
        stop.abort();
        training.hold(true);
      });
    },
  });
  expect(states.filter((state) => state === 'paused')).toHaveLength(1);
});

it('the card of what was learned says after how many steps its error was measured', async () => {
  const training = new Training();
  const stop = new AbortController();
  let last: TrainingProgress | undefined;
  await training.run(await beginning(), {
    signal: stop.signal,
    progress: (progress: TrainingProgress) => {
      last = progress;
      // Not every step is told, least of all on a fast machine.
      if (progress.steps > 25 && progress.steps % 25 > 0) stop.abort();
    },
  });
  const { files } = await training.trained();
  const { bytes } = files.find(({ name }) => name === 'card.json')!;
  const card = JSON.parse(new TextDecoder().decode(bytes));
  const { steps } = last!;
  expect(card).toMatchObject({ steps, heldOutMelError: { afterSteps: steps - (steps % 25) } });
  expect(card.heldOutMelError.after).toBeCloseTo(last!.heldOut!.now, 4);
});
