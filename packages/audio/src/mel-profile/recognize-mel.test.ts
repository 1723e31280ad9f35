import { golden } from '@hifigan/testkit';
import { describe, expect, it } from 'vitest';
import type { StoredArray } from '../mel-array.js';
import { createProfileAnalysis } from './analyze-profile.js';
import { bandStatistics } from './band-statistics.js';
import { melProfile, melProfiles } from './mel-profiles.js';
import { recognizeMel } from './recognize-mel.js';
import { atRate, sampleRecordings } from './testing.js';

const wanted = melProfile('hifigan')!;
const file = golden(import.meta.url, '../fixtures/mel-profiles.safetensors');

/** Conventions whose numbers are the same to a model, or differ only in what leaves no trace in them. */
const FAMILIES: readonly (readonly string[])[] = [
  ['hifigan', 'hifigan-full-band', 'tacotron2-nvidia', 'nemo-hifigan', 'nemo-fastpitch', 'coqui'],
  ['espnet', 'espnet-24k', 'speecht5', 'log10'],
  ['espnet-statistics', 'espnet-24k-statistics', 'coqui-statistics'],
  ['tacotron2-rayhane', 'coqui-normalised'],
  ['tacotron-keithito', 'wavenet-r9y9'],
  ['librosa-80-power', 'torchaudio-80', 'amplitude'],
  ['librosa-power', 'torchaudio'],
];

function family(name: string): string {
  return FAMILIES.find((names) => names.includes(name))?.[0] ?? name;
}

function expectRecognised(name: string, array: StoredArray): void {
  const found = recognizeMel(array, { wanted });
  const said = `${name}: ${found.verdict}; ${found.candidates.map((one) => `${one.name} ${one.score.toFixed(2)}`).join(', ')}`;
  expect(found.verdict, said).toBe(family(name) === 'hifigan' ? 'fits' : 'foreign');
  expect(family(found.candidates[0].name), said).toBe(family(name));
  expect(
    found.candidates.map((one) => one.name),
    said,
  ).toContain(name);
}

const fixtures = melProfiles.filter(({ name }) => file.names().includes(name));

describe('recognizeMel', () => {
  it.each(fixtures)('recognises the committed mel of $name', ({ name, layout }) => {
    const { shape, data } = file.array(name);
    const array = { shape, data: data as Float32Array };
    expectRecognised(name, array);
    expect(recognizeMel(array, { wanted }).axes).toBe(layout);
  });

  // Other speakers and languages than the committed mels; cut once, so that they are resampled once a rate.
  const voices = ['en-vm-review.wav', 'ru-vm-review.wav'].map((one) =>
    sampleRecordings().get(one)!.subarray(8000, 56000),
  );
  it.each(melProfiles)('recognises other voices by $name', ({ name, profile }) => {
    const recordings = voices.map((one) => atRate(one, profile.samplingRate));
    const normalised = profile.normalisation?.kind === 'statistics';
    const { analyze } = createProfileAnalysis(
      normalised ? { ...profile, normalisation: undefined } : profile,
    );
    const mels = recordings.map(analyze);
    const { mean, scale } = bandStatistics(mels);
    for (const { data, frames, mels: bands } of mels) {
      const values = normalised
        ? data.map((value, at) => (value - mean[at % bands]) / scale[at % bands])
        : data;
      expectRecognised(name, { shape: [frames, bands], data: values });
    }
  });

  it('says the evidence', () => {
    const { data } = file.array('hifigan-full-band');
    const { evidence } = recognizeMel(
      { shape: [80, 107], data: data as Float32Array },
      { wanted: { ...wanted, fmax: null } },
    );
    expect(evidence[1]).toBe(
      'the lowest value -11.5129 is the natural logarithm of 1e-5, and 8.5% of the values have it',
    );
  });

  it('is sure only where all that it may be comes to the same', () => {
    const sure = (name: string) => recognizeMel(file.array(name) as never, { wanted }).sure?.name;
    expect(sure('vocos')).toBe('vocos');
    expect(sure('librosa-80-decibel')).toBe('librosa-80-decibel');
    const espnet = recognizeMel(file.array('espnet') as never, { wanted });
    expect(espnet.sure).toBeUndefined();
    expect(espnet.evidence.at(-1)).toMatch(
      /nothing in the values tells the sampling rate and the hop/,
    );
    const normalised = recognizeMel(file.array('espnet-statistics') as never, { wanted });
    expect(normalised.sure).toBeUndefined();
    expect(normalised.evidence.at(-1)).toMatch(/the statistics that were taken out are not in/);
  });

  it('refuses what is no mel', () => {
    const of = (shape: number[], fill = -3) =>
      recognizeMel(
        { shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(fill) },
        { wanted },
      );
    expect(of([80])).toMatchObject({ verdict: 'broken' });
    expect(of([2, 80, 9]).evidence[0]).toMatch(/its shape \[2, 80, 9\] is that of no mel/);
    expect(of([80, 0]).evidence[0]).toMatch(/holds no values/);
    expect(of([80, 40], Number.NaN).evidence[0]).toMatch(/3200 of its 3200 values are NaN/);
    expect(of([37, 41]).evidence[0]).toMatch(/neither of its axes \[37, 41\]/);
    expect(recognizeMel({ shape: [80, 2], data: new Int32Array(160) }, { wanted }).verdict).toBe(
      'broken',
    );
    // Too short, or nothing but silence, is held against nobody.
    expect(of([80, 3]).verdict).toBe('fits');
    expect(of([80, 200], Math.fround(Math.log(1e-5))).verdict).toBe('fits');
  });
});
