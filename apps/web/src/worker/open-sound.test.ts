import { writeWav } from '@hifigan/audio';
import { expect, it } from 'vitest';
import { openSound } from './open-sound.js';

const wav = new Uint8Array(
  writeWav({ samplingRate: 16000, channels: [Float32Array.of(0.5, -0.25)] }),
);

it('reads a file', async () => {
  const file = new File([wav], 'a.wav');
  expect(await openSound({ file }, new AbortController().signal)).toMatchObject({
    ...{ kind: 'recording', name: 'a.wav', samplingRate: 16000 },
    mono: Float32Array.of(0.5, -0.25),
  });
});

it('ends with the signal where the drive of a file never answers', async () => {
  const file = new File([wav], 'a.wav');
  Object.assign(file, { stream: () => new ReadableStream() });
  const controller = new AbortController();
  const reading = openSound({ file }, controller.signal);
  setTimeout(() => controller.abort(), 20);
  await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
});
