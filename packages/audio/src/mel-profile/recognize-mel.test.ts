import { golden } from '@hifigan/testkit';
import { describe, expect, it } from 'vitest';
import type { StoredArray } from '../mel-array.js';
import { resample } from '../resample.js';
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
];

function family(name: string): string {
  return FAMILIES.find((names) => names.includes(name))?.[0] ?? name;
}

function expectRecognised(name: string, array: StoredArray): void {
  const found = recognizeMel(array, { wanted });
  const said = `${name}: ${found.verdict}; ${found.candidates.map((one) => `${one.name} ${one.score.toFixed(2)}`).join(', ')}`;
  // The recordings are of 16 kHz: in mels to 11 kHz sound ends at 8 kHz, which tells those.
  const fits = family(name) === 'hifigan' && name !== 'hifigan-full-band';
  expect(found.verdict, said).toBe(fits ? 'fits' : 'foreign');
  expect(family(found.candidates[0].name), said).toBe(family(name));
  expect(
    found.candidates.map((one) => one.name),
    said,
  ).toContain(name);
}

/** A recording that a lower rate has gone through, at 16 kHz again. */
function atLowRate(samplingRate: number): Float32Array {
  const audio = sampleRecordings().get('en-vm-review.wav')!.subarray(8000, 40000);
  return resample(resample(audio, 16000, samplingRate), samplingRate, 16000);
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
    const found = (name: string) => recognizeMel(file.array(name) as never, { wanted });
    expect(found('vocos').sure?.name).toBe('vocos');
    expect(found('librosa-80-decibel').sure?.name).toBe('librosa-80-decibel');
    // To 7600 Hz or to 8000: less than half a hop makes.
    const fours = found('tacotron2-rayhane');
    expect(['coqui-normalised', 'tacotron2-rayhane']).toContain(fours.sure?.name);
    expect(fours.rivals).toHaveLength(1);
    // Told by where sound ends in one of them; in the other that is near 8 kHz by either scale, and levels are far
    // apart.
    expect(found('librosa-80-power').sure?.name).toBe('librosa-80-power');
    const loud = found('torchaudio-80');
    expect(loud.sure).toBeUndefined();
    expect(loud.candidates.map(({ name, meaning }) => `${name}: ${meaning}`)).toEqual([
      'torchaudio-80: 1.25 s, 80 bands from 0 to 11025 Hz, the loudest -13 dB from a full-scale tone',
      'librosa-80-power: 1.25 s, 80 bands from 0 to 11025 Hz, the loudest 3 dB from a full-scale tone',
    ]);
    // Of a transform of 400, bands of less than 40 Hz hold nothing.
    const narrow = found('torchaudio');
    expect(narrow.sure?.name).toBe('torchaudio');
    expect(narrow.evidence).toContain(
      'bands 3, 6, 13 are empty throughout, which read so have no bin',
    );
    // The other way round those bands sound.
    const wide = found('librosa-power');
    expect(wide.sure?.name).toBe('librosa-power');
    expect(wide.candidates).toHaveLength(1);
    const espnet = found('espnet');
    expect(espnet.sure).toBeUndefined();
    expect(espnet.evidence.at(-1)).toMatch(
      /nothing in the values tells the sampling rate and the hop/,
    );
    // What each would mean: 108 frames at 62.5 a second.
    expect(espnet.candidates.find(({ name }) => name === 'speecht5')?.meaning).toBe(
      '1.73 s, 80 bands from 80 to 7600 Hz, the loudest -15 dB from a full-scale tone',
    );
    const normalised = found('espnet-statistics');
    expect(normalised.sure).toBeUndefined();
    expect(normalised.evidence.at(-1)).toMatch(/the statistics that were taken out are not in/);
  });

  it('tells where bands end by sound that ends at half a usual rate', () => {
    const found = recognizeMel(file.array('hifigan-full-band') as never, { wanted });
    expect(found.sure?.name).toBe('hifigan-full-band');
    expect(found.evidence).toContain(
      'the bands from 73 on are silent: read so, sound ends at 8.0 kHz, as that of a lower sampling rate does',
    );
    // Sound throughout tells nothing: what is wanted, and what else it may be is said.
    const own = recognizeMel(file.array('hifigan') as never, { wanted });
    expect(own.rivals.map(({ name }) => name)).toEqual(['hifigan-full-band']);
    // The same the other way, of a telephone: nothing is given up for an edge that 8 kHz of bands have as well.
    const telephone = createProfileAnalysis(wanted).analyze(atRate(atLowRate(8000), 22050));
    const shape = [telephone.frames, telephone.mels];
    const heard = recognizeMel({ shape, data: telephone.data }, { wanted });
    expect(heard.verdict).toBe('fits');
    expect(heard.evidence.join('\n')).toMatch(/sound ends at 4\.[01] kHz, as that of a lower/);
  });

  it('tells normalisations by statistics apart, once they are given', () => {
    const of = (name: string) => {
      const [mean, scale] = ['mean', 'scale'].map(
        (one) => file.array(`${name}/${one}`).data as Float32Array,
      );
      return recognizeMel(file.array(name) as never, { wanted, statistics: { mean, scale } });
    };
    expect(of('coqui-statistics').sure?.name).toBe('coqui-statistics');
    const espnet = of('espnet-statistics');
    expect(espnet.candidates.map(({ name }) => name).sort()).toEqual([
      'espnet-24k-statistics',
      'espnet-statistics',
    ]);
    expect(espnet.evidence.at(-1)).toMatch(/nothing in the values tells the sampling rate/);
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
