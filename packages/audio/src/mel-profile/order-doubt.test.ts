import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createMelSpectrogram, melToArray, readWav } from '../index.js';
import { orderDoubt } from './order-doubt.js';

const SAMPLES = new URL('../../../../samples/', import.meta.url);
const { analyze } = createMelSpectrogram({
  ...{ samplingRate: 16000, nFft: 1024, hopSize: 256, winSize: 1024 },
  ...{ numMels: 80, fmin: 0, fmax: 8000 },
});
const speeches = readdirSync(SAMPLES)
  .filter((name) => name.endsWith('.wav'))
  .map((name) => readWav(readFileSync(new URL(name, SAMPLES))).channels[0]);

describe('orderDoubt', () => {
  it('doubts speech that was written band after band, whole and each half second, and no other', () => {
    let found = 0;
    let all = 0;
    for (const speech of speeches) {
      for (const length of [speech.length, 16000, 8000]) {
        for (let at = 0; at + length <= speech.length; at += length) {
          const mel = analyze(speech.subarray(at, at + length));
          expect(orderDoubt(mel)).toBeUndefined();
          all++;
          if (orderDoubt({ ...mel, data: melToArray(mel).data })) found++;
        }
      }
    }
    expect(found / all).toBeGreaterThan(0.9);
    const whole = analyze(speeches[0]);
    expect(orderDoubt({ ...whole, data: melToArray(whole).data })).toMatch(
      /band after band, .*\[frames, num_mels=80\]; if it sounds wrong, write them transposed/,
    );
  });

  it('says nothing of silence and of noise', () => {
    const silence = { data: new Float32Array(80 * 100).fill(-11.5), frames: 100, mels: 80 };
    expect(orderDoubt(silence)).toBeUndefined();
    const data = silence.data.map((_, i) => Math.sin(i * i));
    expect(orderDoubt({ ...silence, data })).toBeUndefined();
  });
});
