import { melOptions } from '@hifigan/audio';
import { presets } from '@hifigan/config';
import { compareSpeech } from '@hifigan/metrics';
import { expect, it } from 'vitest';
import { SHOWN } from '../page/components/measures.js';
import type { MeasureProgress } from '../protocol.js';
import { measure } from './measure.js';

it('measures all that is shown, each as it is by itself, and tells what it is at', () => {
  const config = presets.v2;
  const samplingRate = config.sampling_rate;
  const original = Float32Array.from(
    { length: samplingRate },
    (_, n) => Math.sin(8 * Math.sin((2 * Math.PI * 120 * n) / samplingRate)) / 2,
  );
  const generated = original.map((value, n) => 0.8 * value + 0.01 * Math.sin(n * n));
  const mel = melOptions(config);
  const told: MeasureProgress[] = [];
  const found = measure(
    { original, generated, samplingRate, mel },
    { progress: (progress) => told.push(progress) },
  );
  const only = SHOWN.map(([name]) => name);
  expect(found).toEqual(compareSpeech(original, generated, { samplingRate, mel, only }));
  expect(told.map(({ what, done, of }) => `${what} ${done} of ${of}`)).toEqual([
    ...['mel 0 of 5', 'loudness 1 of 5', 'STFT 2 of 5', 'STOI 3 of 5', 'pitch 4 of 5'],
  ]);
});
