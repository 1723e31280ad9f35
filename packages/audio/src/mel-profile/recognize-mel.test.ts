import { golden } from '@hifigan/testkit';
import { describe, expect, it } from 'vitest';
import type { StoredArray } from '../mel-array.js';
import type { Mel } from '../mel-spectrogram.js';
import { mulberry32 } from '../mulberry32.js';
import { resample } from '../resample.js';
import { createProfileAnalysis } from './analyze-profile.js';
import { bandStatistics } from './band-statistics.js';
import { judgeProfile } from './judge-profile.js';
import type { MelProfile } from './mel-profile.js';
import { melProfile, melProfiles } from './mel-profiles.js';
import { melValues } from './mel-values.js';
import { recognizeMel } from './recognize-mel.js';
import { atRate, profileGoldens, sampleRecordings } from './testing.js';

const wanted = melProfile('hifigan')!;
const file = profileGoldens((path) => golden(import.meta.url, path));

/** Conventions whose numbers are the same to a model, or differ only in what leaves no trace in them. */
const FAMILIES: readonly (readonly string[])[] = [
  ['hifigan', 'hifigan-full-band', 'tacotron2-nvidia', 'nemo-hifigan', 'nemo-fastpitch', 'coqui'],
  ['espnet', 'espnet-24k', 'speecht5', 'log10'],
  ['espnet-statistics', 'espnet-24k-statistics', 'coqui-statistics'],
  ['tacotron2-rayhane', 'coqui-normalised'],
  ['tacotron-keithito', 'wavenet-r9y9'],
  ['librosa-80-power', 'librosa-80-8k-power', 'librosa-80-log1p', 'torchaudio-80', 'amplitude'],
  ['decibel', 'librosa-80-decibel-ref1', 'librosa-80-8k-decibel-ref1', 'torchaudio-80-decibel'],
  ['librosa-80-decibel', 'librosa-80-8k-decibel'],
  ['natural-power', 'librosa-80-natural', 'torchaudio-80-natural'],
  ['bigvgan-44k', 'bigvgan-44k-256'],
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

  it('is sure of those committed mels that no other convention comes near', () => {
    const sure = fixtures.flatMap(({ name }) => {
      const { shape, data } = file.array(name);
      const found = recognizeMel({ shape, data: data as Float32Array }, { wanted });
      return found.sure ? [[name, found.sure.name]] : [];
    });
    // log(1 + sum) of small sums is the sum.
    const others = { 'librosa-80-log1p': 'librosa-80-power' };
    const themselves = [
      ...['amplitude', 'bigvgan-24k', 'coqui-normalised', 'coqui-normalised-1', 'hifigan-128'],
      ...['hifigan-full-band', 'librosa-80-decibel', 'librosa-80-power', 'librosa-decibel'],
      ...['librosa-decibel-ref1', 'librosa-power', 'tacotron-keithito', 'torchaudio'],
      ...['torchaudio-decibel', 'vocos'],
    ];
    expect(Object.fromEntries(sure)).toEqual({
      ...Object.fromEntries(themselves.map((name) => [name, name])),
      ...others,
    });
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
    // Rayhane's settings have been of hop 256 and of 275; Coqui's axes lie the other way.
    const fours = found('tacotron2-rayhane');
    expect(fours.sure).toBeUndefined();
    expect(fours.evidence.at(-1)).toMatch(/it may as well be of hop 275/);
    expect(found('coqui-normalised').sure?.name).toBe('coqui-normalised');
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

describe('recognizeMel of what cannot be the model’s', () => {
  const rate = wanted.samplingRate;
  const { analyze } = createProfileAnalysis(wanted);
  const speech = () => atRate(sampleRecordings().get('en-vm-review.wav')!, rate).subarray(0, 66150);
  const look = ({ data, frames, mels }: Mel) =>
    recognizeMel({ shape: [frames, mels], data }, { wanted });
  const changed = (mel: Mel, change: (value: number, at: number) => number): Mel => ({
    ...mel,
    data: mel.data.map(change),
  });
  const scaled = (mel: Mel): Mel => {
    const { low, high } = melValues(mel);
    return changed(mel, (value) => (2 * (value - low)) / (high - low) - 1);
  };
  const headstand = (mel: Mel): Mel => changed(mel, (_, at) => mel.data[at - 2 * (at % 80) + 79]);

  it.each<[string, (mel: Mel) => Mel, RegExp, RegExp?]>([
    [
      'samples at the scale of int16',
      (mel) => changed(mel, (value) => value + Math.log(32768)),
      /less the logarithm of 32768 it would be speech/,
      /the loudest would be 80 dB above a full-scale tone/,
    ],
    [
      'scaled to −1 … 1 by itself',
      scaled,
      /values end just at -1 and 1, and one alone has the upper end/,
      /from the quietest to the loudest value it is 17 dB/,
    ],
    [
      'scaled to −1 … 1 by fixed limits',
      (mel) => changed(mel, (value) => (value + 12) / 16 - 0.5),
      /from the quietest to the loudest value it is [67] dB/,
    ],
    [
      'its sign turned over',
      (mel) => changed(mel, (value) => -value),
      /with the sign turned over it would be speech/,
    ],
    ['its bands turned over', headstand, /they begin with the highest/],
    ['one value', (mel) => changed(mel, () => -3), /all values are -3: .*silence is -11\.5129/],
  ])('tells %s', (_, spoil, words, more) => {
    for (const name of ['en-vm-review.wav', 'es-vm-intro.wav', 'ru-vm-record-prepend.wav']) {
      const audio = atRate(sampleRecordings().get(name)!, rate).subarray(0, 66150);
      const found = look(spoil(analyze(audio)));
      expect(found.verdict, name).toBe('unknown');
      expect(found.evidence.at(-1)).toMatch(words);
      if (more && name === 'en-vm-review.wav') expect(found.evidence.join('\n')).toMatch(more);
    }
  });

  it('refuses no sound, whatever it is of', () => {
    let state = 1;
    const random = () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state / 2 ** 31 - 1;
    };
    const make = (value: (at: number) => number) =>
      Float32Array.from({ length: 2 * rate }, (_, at) => value(at));
    const said = speech();
    let [envelope, last, before] = [0, 0, 0];
    const differences = (decay: number) => (at: number) => {
      const value = random();
      const bent = value - 2 * last + before;
      [before, last] = [last, value];
      return 0.2 * bent * Math.exp(-(at % 5512) / decay);
    };
    const chord = (at: number) =>
      0.2 *
      Math.exp(-(at % 11025) / 5000) *
      [220, 277, 330, 440].reduce((sum, hz) => sum + Math.sin((2 * Math.PI * hz * at) / rate), 0);
    const sounds: Readonly<Record<string, Float32Array>> = {
      'digital silence': make(() => 0),
      'silence of the last bit': make(() => Math.round(random()) / 32768),
      'faint noise': make(() => 1e-4 * random()),
      'noise at full scale': make(random),
      'noise that rises': make(differences(1e9)),
      'a hi-hat': make(differences(800)),
      'a tone': make((at) => Math.sin((2 * Math.PI * 440 * at) / rate)),
      'a chord': make(chord),
      'clicks at each hop': make((at) => (at % 256 === 0 ? 0.9 : 0)),
      'clipped speech': said.map((value) => Math.max(-1, Math.min(1, 20 * value))),
      'speech beyond full scale': said.map((value) => 2 * value),
      'speech, far': said.map((value) => 0.003 * value),
      'speech after silence': Float32Array.of(...new Float32Array(rate), ...said),
      'speech, pre-emphasised twice': said.map(
        (value, at) => value - (at > 1 ? 1.94 * said[at - 1] - 0.94 * said[at - 2] : 0),
      ),
      whisper: said.map((value) => {
        envelope += 0.01 * (Math.abs(value) - envelope);
        return envelope * random();
      }),
    };
    for (const [name, audio] of Object.entries(sounds)) {
      const mel = analyze(audio);
      expect(look(mel).verdict, name).toBe('fits');
      const part = { ...mel, frames: 10, data: mel.data.slice(0, 800) };
      expect(look(part).verdict, `10 frames of ${name}`).toBe('fits');
    }
  });

  it('is unsure where its values have what no mel of the model has', () => {
    const sums: MelProfile = { ...wanted, guard: undefined, log: 'none', floor: 0 };
    const decadic = (floor: number) => (sum: number) => Math.log10(Math.max(sum, floor));
    const wide = { samplingRate: 44100, fftSize: 2048, hopSize: 512, windowSize: 2048 };
    const cases: readonly [MelProfile, (value: number) => number, RegExp][] = [
      // To 22 kHz: sound ends at 8, which is 3.8 read as to 8.
      [
        { ...wanted, ...wide, fmax: null },
        (value) => value,
        /speaks against it: .*ends at 3\.8 kHz/,
      ],
      [
        { ...sums, magnitude: 'power' },
        decadic(1e-5),
        /% of the values lie on the lowest, -5, but read so/,
      ],
    ];
    for (const name of ['en-queue-periodic-announce.wav', 'it-vm-record-prepend.wav']) {
      const audio = sampleRecordings().get(name)!.subarray(8000, 40000);
      for (const [profile, finish, words] of cases) {
        const { data, frames, mels } = createProfileAnalysis(profile).analyze(
          atRate(audio, profile.samplingRate),
        );
        const found = look({ data: data.map(finish), frames, mels });
        expect(found.verdict, `${name}, ${words}`).toBe('unsure');
        expect(found.sure).toBeUndefined();
        expect(found.candidates.map((one) => one.name)).toContain('hifigan');
        expect(found.evidence.at(-1)).toMatch(words);
      }
    }
  });

  it('asks about speech under noise, too, that ends where no usual rate does, and about no tone', () => {
    const to22k: MelProfile = {
      ...wanted,
      ...{ samplingRate: 44100, fftSize: 2048, hopSize: 512, windowSize: 2048, fmax: null },
    };
    const foreign = createProfileAnalysis(to22k);
    for (const name of ['en-queue-periodic-announce.wav', 'it-vm-record-prepend.wav']) {
      const speech = sampleRecordings().get(name)!.subarray(8000, 40000);
      const power = speech.reduce((sum, value) => sum + value * value, 0) / speech.length;
      for (const ratio of [15, 20, 25]) {
        const random = mulberry32(ratio);
        const amplitude = Math.sqrt(3 * power * 10 ** (-ratio / 10));
        const noisy = speech.map((value) => value + amplitude * (2 * random() - 1));
        const found = look(foreign.analyze(atRate(noisy, 44100)));
        expect(found.verdict, `${name}, ${ratio} dB: ${found.evidence.join('; ')}`).toBe('unsure');
        expect(found.evidence.at(-1)).toMatch(/speaks against it: .*ends at 3\.8 kHz/);
      }
    }
    // The side lobes of its window end anywhere.
    for (const hz of [300, 1000, 3100]) {
      const tone = Float32Array.from(
        { length: 2 * rate },
        (_, at) => 0.5 * Math.sin((2 * Math.PI * hz * at) / rate),
      );
      const found = look(analyze(tone));
      expect(found.verdict, `${hz} Hz: ${found.evidence.join('; ')}`).toBe('fits');
    }
  });

  it('holds it against a convention that its loudest would be louder than full scale', () => {
    const mel = changed(analyze(speech()), (value) => value + 2);
    const { against } = judgeProfile(mel, melValues(mel), wanted);
    expect(against).toEqual([
      expect.stringMatching(/^the loudest would be \d+ dB above a full-scale tone, which samples/),
    ]);
  });

  it('speaks of int16 only where values fall below 0', () => {
    const { analyze: sums } = createProfileAnalysis({
      ...wanted,
      guard: undefined,
      log: 'none',
      floor: 0,
    });
    const audio = speech();
    const { data, frames, mels } = sums(audio);
    for (const factor of [1e4, 32768]) {
      const found = look({ data: data.map((sum) => Math.log1p(factor * sum)), frames, mels });
      expect(found.verdict).toBe('unknown');
      expect(found.evidence.join('\n')).not.toMatch(/less the logarithm of 32768/);
      expect(found.evidence.at(-1)).toMatch(/it may be log\(1 \+ c·sum\) with a factor c/);
    }
    // Whole numbers, as files hold them.
    const int16 = sums(audio.map((value) => Math.round(32768 * value)));
    const natural = int16.data.map((sum) => Math.log(Math.max(sum, 1e-5)));
    expect(look({ ...int16, data: natural }).evidence.at(-1)).toMatch(
      /less the logarithm of 32768/,
    );
  });

  it('calls no sound foreign by what speech usually is', () => {
    const make = (seconds: number, wave: (time: number) => number) =>
      Float32Array.from({ length: seconds * rate }, (_, at) => wave(at / rate));
    const sweep = (seconds: number, gain: number) => {
      const growth = Math.log(8000 / 50) / seconds;
      return make(
        seconds,
        (time) => gain * Math.sin((2 * Math.PI * 50 * Math.expm1(growth * time)) / growth),
      );
    };
    const saw = (cycles: number) => 0.5 * (cycles - Math.floor(cycles) - 0.5);
    const keys = [697, 770, 852, 941];
    const sounds: Readonly<Record<string, Float32Array>> = {
      'a sweep of a second': sweep(1, 0.5),
      'a loud sweep': sweep(1, 0.9),
      'a sweep of two seconds': sweep(2, 0.5),
      'short sweeps': make(3, (time) => {
        const growth = Math.log(80) / 0.5;
        return 0.5 * Math.sin((2 * Math.PI * 100 * Math.expm1(growth * (time % 0.5))) / growth);
      }),
      'three tones': make(2, (time) =>
        [200, 1000, 3000].reduce((sum, hz) => sum + 0.3 * Math.sin(2 * Math.PI * hz * time), 0),
      ),
      'keys of a telephone': make(3, (time) =>
        (4 * time) % 1 < 0.5
          ? [keys[Math.floor(4 * time) % 4], 1336].reduce(
              (sum, hz) => sum + 0.3 * Math.sin(2 * Math.PI * hz * time),
              0,
            )
          : 0,
      ),
      // Its steps and its spread are those of speech in base 10.
      'a saw that rises': make(2, (time) => saw(100 * time + 50 * time * time)),
    };
    for (const [name, audio] of Object.entries(sounds)) {
      expect(['fits', 'unsure'], name).toContain(look(analyze(audio)).verdict);
    }
    const saws = look(analyze(sounds['a saw that rises']));
    expect(saws.evidence.at(-1)).toMatch(/its bands do not rise and fall together/);
  });

  it('calls foreign speech so under noise too, and smoothed as predictions are', () => {
    const random = mulberry32(5);
    const audio = sampleRecordings().get('en-vm-review.wav')!.subarray(8000, 40000);
    const noisy = (recording: Float32Array, decibels: number) => {
      const power = recording.reduce((sum, value) => sum + value * value, 0) / recording.length;
      const gain = Math.sqrt(power * 10 ** (-decibels / 10));
      return recording.map((value) => value + gain * (random() + random() + random() - 1.5) * 2);
    };
    for (const [name, decibels] of [
      ['espnet', 15],
      ['espnet', 20],
      ['espnet', 25],
      ['log10', 20],
      ['decibel', 20],
    ] as const) {
      const profile = melProfile(name)!;
      const recording = noisy(atRate(audio, profile.samplingRate), decibels);
      const mel = createProfileAnalysis(profile).analyze(recording);
      expect(look(mel).verdict, `${name}, ${decibels} dB`).toBe('foreign');
    }
    const espnet = createProfileAnalysis(melProfile('espnet')!).analyze(atRate(audio, 24000));
    expect(look(smoothed(espnet)).verdict).toBe('foreign');
  });

  it('takes the floor of a short mel for evidence, of whose movement nothing is told', () => {
    const profile = melProfile('espnet')!;
    const audio = sampleRecordings().get('en-vm-review.wav')!;
    const { data, mels } = createProfileAnalysis(profile).analyze(
      atRate(audio.subarray(8000, 40000), profile.samplingRate),
    );
    const frames = 10;
    const short = data.slice(0, frames * mels);
    short.fill(-10, 0, 20);
    const mel = { data: short, frames, mels };
    expect(judgeProfile(mel, melValues(mel), profile).isSpeech).toBeUndefined();
    const found = look(mel);
    expect(found.verdict).toBe('foreign');
    expect(found.evidence.join('\n')).not.toMatch(/do not rise and fall together/);
  });

  it('takes no other convention’s own for turned over or scaled by itself', () => {
    const random = mulberry32(1);
    let [last, before] = [0, 0];
    // Rises towards high bands as speech falls, in bursts.
    const hat = Float32Array.from({ length: 2 * rate }, (_, at) => {
      const value = random() - 0.5;
      const bent = value - 2 * last + before;
      [before, last] = [last, value];
      return 0.4 * bent * Math.exp(-(at % 5512) / 800);
    });
    for (const name of ['amplitude', 'librosa-80-power', 'torchaudio-80']) {
      const profile = melProfile(name)!;
      const { data, frames, mels } = createProfileAnalysis(profile).analyze(hat);
      const found = recognizeMel({ shape: [frames, mels], data }, { wanted: profile });
      expect(found.verdict, name).toBe('fits');
    }
    // One value of a range alone is cut off.
    const keithito = melProfile('tacotron-keithito')!;
    // At its own rate, or sound would end where none does.
    const own = atRate(sampleRecordings().get('en-vm-review.wav')!, keithito.samplingRate);
    const { data, frames, mels } = createProfileAnalysis(keithito).analyze(own.subarray(0, 60000));
    data[data.indexOf(Math.max(...data))] = 1;
    const found = recognizeMel({ shape: [frames, mels], data }, { wanted: keithito });
    expect(found.verdict).toBe('fits');
  });

  it('refuses no telephone, no noise around speech, and no tone at the top of its bands', () => {
    const random = mulberry32(3);
    const noisy = (audio: Float32Array, decibels: number) => {
      const power = audio.reduce((sum, value) => sum + value * value, 0) / audio.length;
      const gain = Math.sqrt(power * 10 ** (-decibels / 10));
      return audio.map((value) => value + gain * (random() + random() + random() - 1.5) * 2);
    };
    const tone = (hz: number) => (audio: Float32Array) =>
      audio.map((_, at) => 0.5 * Math.sin((2 * Math.PI * hz * at) / rate));
    const changes: Readonly<Record<string, (audio: Float32Array) => Float32Array>> = {
      ...Object.fromEntries(
        [2500, 3000, 3400, 5000].map((hz) => [
          `filtered at ${hz} Hz`,
          (audio: Float32Array) => lowPassed(audio, hz, rate),
        ]),
      ),
      ...Object.fromEntries(
        [0, 20].map((decibels) => [
          `noise at ${decibels} dB`,
          (audio: Float32Array) => noisy(audio, decibels),
        ]),
      ),
      ...Object.fromEntries([7000, 7500, 7900].map((hz) => [`${hz} Hz`, tone(hz)])),
    };
    for (const [name, recording] of sampleRecordings()) {
      const audio = atRate(recording, rate).subarray(0, 88200);
      for (const [what, change] of Object.entries(changes)) {
        expect(look(analyze(change(audio))).verdict, `${name}, ${what}`).toBe('fits');
      }
    }
  });

  it('knows its own in float16', () => {
    const { shape, data: exact } = file.array('hifigan');
    const data = (exact as Float32Array).map((value) => Math.max(value - 4, Math.log(1e-5)));
    // 11 bits: the last place beside the floor is 2⁻⁷.
    const rounded = data.map((value) => {
      const unit = 2 ** (Math.floor(Math.log2(Math.abs(value) || 1)) - 10);
      return Math.round(value / unit) * unit;
    });
    const found = recognizeMel({ shape, data: rounded }, { wanted });
    expect(found.verdict).toBe('fits');
    expect(found.candidates.map((one) => one.name)).not.toContain('natural-power');
    expect(found.evidence.join('\n')).toMatch(
      /the lowest value -11\.5156 is the natural logarithm/,
    );
  });
});

/** The mean over three frames and three bands. */
function smoothed({ data, frames, mels }: Mel): Mel {
  const offsets = [-1, 0, 1];
  const mean = data.map((_, at) => {
    const [frame, band] = [Math.floor(at / mels), at % mels];
    const near = offsets
      .flatMap((time) => offsets.map((pitch) => [frame + time, band + pitch]))
      .filter(([f, b]) => f >= 0 && f < frames && b >= 0 && b < mels);
    return near.reduce((sum, [f, b]) => sum + data[f * mels + b], 0) / near.length;
  });
  return { data: mean, frames, mels };
}

/** Butterworth of eighth order, as four filters of second order. */
function lowPassed(audio: Float32Array, hz: number, rate: number): Float32Array {
  const w = Math.tan((Math.PI * hz) / rate);
  let signal = Float64Array.from(audio);
  for (const pole of [1, 3, 5, 7]) {
    const damping = 2 * w * Math.cos((Math.PI * pole) / 16);
    const gain = 1 / (1 + damping + w * w);
    const [b, a1, a2] = [w * w * gain, 2 * (w * w - 1) * gain, (1 - damping + w * w) * gain];
    let [x1, x2, y1, y2] = [0, 0, 0, 0];
    signal = signal.map((x) => {
      const y = b * (x + 2 * x1 + x2) - a1 * y1 - a2 * y2;
      [x2, x1, y2, y1] = [x1, x, y1, y];
      return y;
    });
  }
  return Float32Array.from(signal);
}

describe('recognizeMel of usual scripts', () => {
  const speech = () => sampleRecordings().get('en-vm-review.wav')!.subarray(8000, 56000);
  const look = (name: string, change = (values: Float32Array) => values) => {
    const profile = melProfile(name)!;
    const { data, frames, mels } = createProfileAnalysis(profile).analyze(
      atRate(speech(), profile.samplingRate),
    );
    return recognizeMel({ shape: [frames, mels], data: change(data) }, { wanted });
  };
  const cutOff = (values: Float32Array) => {
    const most = values.reduce((high, value) => Math.max(high, value), Number.NEGATIVE_INFINITY);
    return values.map((value) => Math.max(value, most - 80));
  };

  it.each([
    // With top_db, where sound ends is cut off: bands may end at 8 kHz as well, as in librosa's own example.
    ['librosa-decibel-ref1', 'librosa-decibel-ref1'],
    ['librosa-80-decibel-ref1', undefined],
  ])('takes decibels of power for %s, with top_db and without', (name, sure) => {
    for (const change of [undefined, cutOff]) {
      const found = look(name, change);
      expect(found.verdict).toBe('foreign');
      expect(found.candidates.map((one) => one.name)).toContain(name);
      expect(found.sure?.name).toBe(change ? undefined : sure);
    }
    const profile = melProfile(name)!;
    const whole = createProfileAnalysis(profile).analyze(atRate(speech(), profile.samplingRate));
    const cut = { ...whole, data: cutOff(whole.data) };
    const { penalty, reasons } = judgeProfile(cut, melValues(cut), profile);
    expect(reasons.join()).toMatch(/as librosa's top_db=80 leaves them/);
    // It speaks for the profile, as its own floor does.
    expect(penalty).toBeLessThan(0);
  });

  it('asks which 128 bands are meant, of 22 or 44 kHz', () => {
    // Of 44.1 kHz, only the hop is open; a little noise hides that the recordings end at 8 kHz.
    expect(
      look('bigvgan-44k')
        .candidates.map((one) => one.name)
        .sort(),
    ).toEqual(['bigvgan-44k', 'bigvgan-44k-256']);
    const random = mulberry32(1);
    const audio = atRate(speech(), 22050).map((value) => value + 1e-3 * (random() - 0.5));
    for (const fmax of [8000, null]) {
      const profile = { ...melProfile('hifigan-128')!, fmax };
      const { data, frames, mels } = createProfileAnalysis(profile).analyze(audio);
      const found = recognizeMel({ shape: [frames, mels], data }, { wanted });
      expect(found.verdict).toBe('foreign');
      expect(found.sure).toBeUndefined();
      expect(found.evidence.at(-1)).toMatch(/nothing in the values tells the sampling rate/);
      const names = found.candidates.map((one) => one.name);
      expect(names).toContain('hifigan-128');
      expect(names).toContain('bigvgan-44k');
    }
  });

  it('knows 0 … 4 of decibels, and asks for the level', () => {
    const found = look('coqui-normalised-4');
    expect(found.candidates[0].name).toBe('coqui-normalised-4');
    expect(found.sure).toBeUndefined();
  });

  it('takes −4 … 4 for whose axes lie so, and asks for the hop where that is Rayhane’s', () => {
    for (const name of ['en-vm-review.wav', 'fr-vm-review.wav', 'it-vm-record-prepend.wav']) {
      const audio = atRate(sampleRecordings().get(name)!.subarray(8000, 56000), 22050);
      const of = (profile: string) => createProfileAnalysis(melProfile(profile)!).analyze(audio);
      const coqui = of('coqui-normalised');
      const data = coqui.data.map((_, at) => {
        const band = Math.floor(at / coqui.frames);
        return coqui.data[(at % coqui.frames) * 80 + band];
      });
      const own = recognizeMel({ shape: [80, coqui.frames], data }, { wanted });
      expect(own.candidates[0].name, name).toBe('coqui-normalised');
      const rayhane = of('tacotron2-rayhane');
      const other = recognizeMel({ ...rayhane, shape: [rayhane.frames, 80] }, { wanted });
      expect(other.candidates[0].name, name).toBe('tacotron2-rayhane');
      expect(other.sure, name).toBeUndefined();
    }
  });

  it('takes amplitudes for those of bands to 8 kHz, but where their sound ends elsewhere so', () => {
    const audio = sampleRecordings().get('fr-vm-review.wav')!.subarray(8000, 56000);
    const of = (fmax: number | null) => {
      const profile: MelProfile = { ...melProfile('amplitude')!, fmax };
      const { data, frames, mels } = createProfileAnalysis(profile).analyze(atRate(audio, 22050));
      return recognizeMel({ shape: [frames, mels], data }, { wanted });
    };
    expect(of(8000).sure?.name).toBe('amplitude');
    const wide = of(null);
    expect(wide.sure).toBeUndefined();
    expect(wide.evidence.join('\n')).toMatch(
      /speaks against amplitude: .* of no usual sampling rate does/,
    );
  });

  it('knows −1 … 1 of decibels', () => {
    expect(look('coqui-normalised-1').candidates[0].name).toBe('coqui-normalised-1');
  });
});
