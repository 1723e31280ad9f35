import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { melOptions, readWav } from '@hifigan/audio';
import { compareSpeech, speechMeasures } from '@hifigan/metrics';
import { tinyConfig } from '@hifigan/testkit';
import { expect, test } from 'vitest';
import { MeanMeasures } from './mean-measures.js';
import { headlinesOf, measureSpeech } from './measure-speech.js';

const path = fileURLToPath(new URL('../../../../samples/en-vm-review.wav', import.meta.url));
const { channels, samplingRate } = readWav(readFileSync(path), path);
// Cepstra want more bands than the tiny model has.
const config = { ...tinyConfig, sampling_rate: samplingRate, fmax: samplingRate / 2, num_mels: 40 };
const speech = channels[0].subarray(0, samplingRate);
const dull = speech.map((value, i) => (value + (speech[i - 1] ?? 0) + (speech[i - 2] ?? 0)) / 3);

test('measures what @hifigan/metrics has, by its names', async () => {
  const found = await measureSpeech(config)(speech, dull, samplingRate, 'a');
  expect(Object.keys(found)).toEqual(speechMeasures.map(({ name }) => name));
  expect(found).toEqual(compareSpeech(speech, dull, { samplingRate, mel: melOptions(config) }));
});

test('looks at the first ten seconds, and remembers the pitch of a recording by its id', async () => {
  const [long, made] = [speech, dull].map((part) => {
    const audio = new Float32Array(12 * samplingRate);
    for (let at = 0; at < 12; at++) audio.set(part, at * samplingRate);
    return audio;
  });
  const measure = measureSpeech(config);
  const first = await measure(long, made, samplingRate, 'a');
  const cut = [long, made].map((audio) => audio.subarray(0, 10 * samplingRate));
  const options = { samplingRate, mel: melOptions(config) };
  expect(first).toEqual(compareSpeech(cut[0], cut[1], options));
  expect(await measure(long, made, samplingRate, 'a')).toEqual(first);
  // What is remembered is not looked at again.
  const other = await measure(long.slice().reverse(), made, samplingRate, 'a');
  expect(other.voiced_f1).toBe(first.voiced_f1);
});

test('leaves out what does not apply, and all of a spoilt generator', async () => {
  const short = await measureSpeech(config)(
    speech.subarray(0, 900),
    dull.subarray(0, 900),
    8000,
    'a',
  );
  expect(short).not.toHaveProperty('stoi');
  expect(short).toHaveProperty('mel_distance');
  const spoilt = dull.slice();
  spoilt[5] = Number.NaN;
  expect(await measureSpeech(config)(speech, spoilt, samplingRate, 'a')).toEqual({});
});

test('a mean is over the clips that have the measure', async () => {
  const values: Record<string, number>[] = [{ a: 1, b: 10 }, { a: 3 }, {}];
  const means = new MeanMeasures(() => values.shift() ?? {}, 8000);
  expect(means.means).toBeUndefined();
  const clip = { id: '', mel: 0, audio: speech, generated: dull };
  for (let i = 0; i < 3; i++) await means.add(clip);
  expect(means.means).toEqual({ a: 2, b: 10 });
});

test('tells people of the foremost', () => {
  const means = { estoi: 0.5, stoi: 0.75, f0_rmse: 30, voiced_f1: 0.9 };
  expect(headlinesOf(means)).toEqual([
    ['stoi', 0.75],
    ['voiced_f1', 0.9],
  ]);
  expect(headlinesOf({ mel_distance: 1, pesq: 2.5 })).toEqual([['pesq', 2.5]]);
  expect(headlinesOf()).toEqual([]);
});
