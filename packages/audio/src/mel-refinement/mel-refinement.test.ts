import { expectClose, golden } from '@hifigan/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { framePlan } from '../frames.js';
import { griffinLim } from '../griffin-lim.js';
import { melFilterbank } from '../mel-filterbank.js';
import { type MelConfig, type MelOptions, melOptions } from '../mel-options.js';
import { createMelSpectrogram, type Mel } from '../mel-spectrogram.js';
import { mulberry32 } from '../mulberry32.js';
import { createStft } from '../stft.js';
import { BandGains } from './band-gains.js';
import { createMelRefinement, type MelPhases, melPhases } from './mel-refinement.js';
import { PhaseIntegration } from './phase-integration.js';

const file = golden(import.meta.url, '../fixtures/mel-22050.safetensors');
const usual = melOptions(JSON.parse(file.metadata.options) as MelConfig);
const recording = (file.array('audio').data as Float32Array).subarray(0, 16384);

const small: MelOptions = {
  ...{ samplingRate: 800, nFft: 32, hopSize: 8, winSize: 32 },
  ...{ numMels: 6, fmin: 0, fmax: null },
};

function noise(seed: number, samples: number, scale = 1): Float32Array {
  const random = mulberry32(seed);
  return Float32Array.from({ length: samples }, () => scale * (random() - 0.5));
}

function refined(
  audio: Float32Array,
  mel: Mel,
  rounds: number,
  options = usual,
  phases?: MelPhases,
): Float32Array {
  const refinement = createMelRefinement({ ...options, rounds, phases });
  refinement.addMel(mel);
  return Float32Array.from([...refinement.push(audio), ...refinement.end()]);
}

const joined = (parts: readonly Float32Array[]) => Float32Array.from(parts.flatMap((p) => [...p]));

/** All at once, by the transforms of createStft and a dense filterbank. */
function literally(audio: Float32Array, mel: Mel, rounds: number, options: MelOptions) {
  const transform = createStft(options);
  const bank = melFilterbank(options);
  let estimate = audio;
  let point = audio;
  for (let round = 0; round < rounds; round++) {
    const { real, imaginary, frames, bins } = transform.analyze(point);
    for (let frame = 0; frame < frames; frame++) {
      const magnitude = Float64Array.from({ length: bins }, (_, bin) =>
        Math.hypot(real[frame * bins + bin], imaginary[frame * bins + bin]),
      );
      const gain = new Float64Array(bins).fill(1);
      for (let sharing = 0; sharing < 3; sharing++) {
        const wanted = new Float64Array(bins);
        const weight = new Float64Array(bins);
        for (let band = 0; band < options.numMels; band++) {
          let sum = 1e-12;
          const row = bank.subarray(band * bins, (band + 1) * bins);
          for (let bin = 0; bin < bins; bin++) sum += row[bin] * magnitude[bin] * gain[bin];
          const target = Math.exp(mel.data[frame * options.numMels + band]);
          const short = sum === 1e-12 ? 1 : target / sum;
          const share = target < 1.0001e-5 ? Math.min(1, short) : short;
          for (let bin = 0; bin < bins; bin++) {
            wanted[bin] += row[bin] * share;
            weight[bin] += row[bin];
          }
        }
        for (let bin = 0; bin < bins; bin++) {
          if (weight[bin] > 0) gain[bin] *= wanted[bin] / weight[bin];
        }
      }
      for (let bin = 0; bin < bins; bin++) {
        real[frame * bins + bin] *= gain[bin];
        imaginary[frame * bins + bin] *= gain[bin];
      }
    }
    const found = transform.synthesize({ real, imaginary, frames, bins });
    const before = estimate;
    estimate = found.map((value, i) => 1.25 * value - 0.25 * before[i]);
    point = estimate.map((value, i) => 1.75 * value - 0.75 * before[i]);
  }
  return estimate;
}

/** The audio with phases that go with the mel, all at once. */
function begun(audio: Float32Array, mel: Mel, options: MelOptions): Float32Array {
  const transform = createStft(options);
  const integration = new PhaseIntegration(options, framePlan(options));
  const gains = new BandGains(options, Number.POSITIVE_INFINITY);
  const { real, imaginary, frames, bins } = transform.analyze(audio);
  const targets = Float64Array.from(mel.data, Math.exp);
  const phases = new Float64Array(bins);
  for (let frame = 0; frame < frames; frame++) {
    const at = frame * bins;
    for (let bin = 0; bin < bins; bin++) {
      gains.magnitudes[bin] = Math.hypot(real[at + bin], imaginary[at + bin]);
    }
    gains.find(targets, frame * options.numMels);
    integration.next(phases, targets, frame);
    for (let bin = 0; bin < bins; bin++) {
      const gain = gains.gains[bin];
      const inside = bin >= integration.first && bin < integration.end;
      const size = gain * gains.magnitudes[bin];
      real[at + bin] = inside ? size * Math.cos(phases[bin]) : gain * real[at + bin];
      imaginary[at + bin] = inside ? size * Math.sin(phases[bin]) : gain * imaginary[at + bin];
    }
  }
  return transform.synthesize({ real, imaginary, frames, bins });
}

describe('refinement', () => {
  const features = createMelSpectrogram(usual);
  const mel = features.analyze(recording);
  const melError = (audio: Float32Array) => {
    const { data } = features.analyze(audio);
    return data.reduce((sum, value, i) => sum + Math.abs(value - mel.data[i]), 0) / data.length;
  };

  it('brings the mel of a sound nearer with each round, further than Griffin-Lim comes', () => {
    const rough = griffinLim(mel, { ...usual, iterations: 4 });
    const errors = [0, 1, 4, 24].map((rounds) =>
      rounds === 0 ? melError(rough) : melError(refined(rough, mel, rounds)),
    );
    expect(errors).toEqual([...errors].sort((a, b) => b - a));
    const yardstick = melError(griffinLim(mel, { ...usual, iterations: 28 }));
    expect(errors[3], errors.join(', ')).toBeLessThan(yardstick / 2);
  });

  it('leaves a recording that has the mel', () => {
    expectClose(refined(recording, mel, 8), recording, { max: 2e-4 });
  });

  it('begins far nearer with phases that go with the mel, of what has none', () => {
    const hiss = noise(12, recording.length, 0.2);
    const kept = melError(refined(hiss, mel, 8));
    const integrated = melError(refined(hiss, mel, 4, usual, 'integrated'));
    expect(integrated, `kept: ${kept}`).toBeLessThan(kept);
    // Those of a recording would be lost.
    const back = refined(recording, mel, 4, usual, 'integrated');
    expect(melError(back)).toBeGreaterThan(10 * melError(refined(recording, mel, 4)));
  });

  it('makes no pulses of noise, a frame apart', () => {
    const hiss = noise(13, 32768, 0.3);
    const { data, frames, mels } = features.analyze(hiss);
    // As steady as no noise of so few frames is.
    const steady = data.map((_, i) => {
      let sum = 0;
      for (let frame = 0; frame < frames; frame++) sum += data[frame * mels + (i % mels)];
      return sum / frames;
    });
    const made = refined(hiss, { data: steady, frames, mels }, 2, usual, 'integrated');
    /** How like itself the sound is so many samples later. */
    const likeness = (samples: number) => {
      const later = made.subarray(samples);
      return (
        later.reduce((sum, value, i) => sum + value * made[i], 0) /
        later.reduce((sum, value) => sum + value * value, 0)
      );
    };
    for (const hops of [1, 2, 3, 4]) expect(Math.abs(likeness(256 * hops))).toBeLessThan(0.5);
  });

  it('corrects a level and a colouring, which are in the mel, but for the phases of that', () => {
    const coloured = recording.map((value, i) => 0.3 * (value - 0.7 * (recording[i - 1] ?? 0)));
    const distance = (audio: Float32Array) =>
      audio.reduce((sum, value, i) => sum + (value - recording[i]) ** 2, 0) /
      recording.reduce((sum, value) => sum + value ** 2, 0);
    expect(distance(coloured)).toBeGreaterThan(0.5);
    expect(distance(refined(coloured, mel, 24))).toBeLessThan(0.15);
  });

  it.each<readonly [string, MelOptions]>([
    ['of HiFi-GAN', usual],
    ['of a short window', { ...usual, winSize: 800 }],
    ['that is no power of two', { ...small, nFft: 40, winSize: 36 }],
    ['with bins beside all bands', { ...small, fmin: 60, fmax: 250, numMels: 3 }],
    ['of more bands than bins', { ...small, numMels: 30 }],
    ['of hops as long as half a frame', { ...small, hopSize: 16 }],
    ['that is no multiple of its hop', { ...small, hopSize: 10 }],
    ['of as many bands as could be, between steep edges', { ...small, hopSize: 6, winSize: 31 }],
  ])('with a frame %s is what it says, done at once', (_, options) => {
    for (const frames of [1, 2, 3, 4, 5, 9, 24]) {
      const length = frames * options.hopSize;
      // Else it has no mel.
      if (length <= (options.nFft - options.hopSize) / 2) continue;
      const wanted = createMelSpectrogram(options).analyze(
        noise(1, length).map((value, i) => value * Math.sin(i / 99)),
      );
      const audio = noise(2, length, 0.3);
      for (const phases of melPhases) {
        const beginning = phases === 'kept' ? audio : begun(audio, wanted, options);
        for (const rounds of [1, 3]) {
          const expected = literally(beginning, wanted, rounds, options);
          // The literal one rounds to float32 between rounds.
          const made = refined(audio, wanted, rounds, options, phases);
          const message = `${frames} frames, ${rounds} rounds, phases ${phases}`;
          expectClose(made, expected, { max: 1e-4 }, message);
          expect(made).not.toEqual(audio);
        }
      }
    }
  });

  it('is the same to the bit however sound and mel are cut', () => {
    const cuts = fc.array(fc.nat({ max: 90 }), { maxLength: 12 });
    const some = fc.record({
      frames: fc.integer({ min: 3, max: 40 }),
      phases: fc.constantFrom(...melPhases),
    });
    fc.assert(
      fc.property(cuts, cuts, some, (soundCuts, melCuts, { frames, phases }) => {
        const audio = noise(frames, frames * 8);
        const wanted = createMelSpectrogram(small).analyze(noise(9, frames * 8));
        const refinement = createMelRefinement({ ...small, rounds: 3, phases });
        const made: Float32Array[] = [];
        let sample = 0;
        let frame = 0;
        const addMel = (to: number) => {
          if (to === frame) return;
          const data = wanted.data.subarray(frame * 6, to * 6);
          refinement.addMel({ data, frames: to - frame, mels: 6 });
          frame = to;
        };
        for (const [index, cut] of soundCuts.entries()) {
          addMel(Math.min(frames, frame + (melCuts[index] ?? 0)));
          made.push(refinement.push(audio.subarray(sample, sample + cut)));
          sample = Math.min(audio.length, sample + cut);
        }
        addMel(frames);
        made.push(refinement.push(audio.subarray(sample)), refinement.end());
        expect(joined(made)).toEqual(refined(audio, wanted, 3, small, phases));
      }),
      { numRuns: 120 },
    );
  });

  it.each([
    [5, 'kept'],
    [4, 'integrated'],
  ] as const)(
    'gives samples the length of a frame later for each of %s rounds, phases %s',
    (rounds, phases) => {
      const refinement = createMelRefinement({ ...small, rounds, phases });
      refinement.addMel(createMelSpectrogram(small).analyze(noise(3, 8 * 200)));
      let made = 0;
      for (let frame = 1; frame <= 200; frame++) {
        made += refinement.push(noise(frame, 8)).length;
        expect(frame * 8 - made).toBeLessThanOrEqual(4 * 8 * 5 + 24);
      }
      expect(made).toBeGreaterThan(0);
      expect(made + refinement.end().length).toBe(1600);
    },
  );

  it('leaves alone what is too short for a mel', () => {
    const audio = noise(4, 8);
    const wanted = { data: new Float32Array(6), frames: 1, mels: 6 };
    expect(refined(audio, wanted, 3, small)).toEqual(audio);
  });

  it('makes silence of what shall be silent, and no sound of silence', () => {
    const silent = { data: new Float32Array(64 * 80).fill(Math.log(1e-5)), frames: 64, mels: 80 };
    const quiet = refined(noise(5, 64 * 256), silent, 12);
    // Above the highest band nobody looks; there the noise stays.
    const bands = createMelSpectrogram(usual).analyze(quiet).data;
    expect(Math.max(...bands.subarray(4 * 80, 60 * 80))).toBeLessThan(Math.log(2e-3));
    expect(refined(new Float32Array(64 * 256), silent, 12)).toEqual(new Float32Array(64 * 256));
    expect(refined(new Float32Array(16384), mel, 2)).toEqual(new Float32Array(16384));
  });

  it('makes silence above a bandwidth, where asked to, and of all below it what it makes else', () => {
    const hiss = noise(6, 16384, 0.2);
    const audio = recording.map((value, i) => value + hiss[i]);
    const powerAbove = (sound: Float32Array) => {
      const { real, imaginary, frames, bins } = createStft(usual).analyze(sound);
      let sum = 0;
      for (let frame = 4; frame < frames - 4; frame++) {
        // 8 kHz is bin 371.5; a window spreads over two bins.
        for (let at = frame * bins + 375; at < (frame + 1) * bins; at++) {
          sum += real[at] ** 2 + imaginary[at] ** 2;
        }
      }
      return sum;
    };
    const limited = (bandwidth?: number, rounds = 8, phases?: MelPhases) => {
      const refinement = createMelRefinement({ ...usual, rounds, bandwidth, phases });
      refinement.addMel(mel);
      return joined([refinement.push(audio), refinement.end()]);
    };
    const [all, below] = [limited(), limited(8000)];
    expect(powerAbove(all)).toBeGreaterThan(powerAbove(audio) / 10);
    expect(powerAbove(below)).toBeLessThan(powerAbove(audio) / 1e5);
    expect(Math.abs(melError(below) - melError(all))).toBeLessThan(0.01);
    const soon = [limited(8000, 1), limited(8000, 1, 'integrated')].map(powerAbove);
    expect(soon[1]).toBeLessThan(soon[0] / 1e3);
    expect(() => limited(0)).toThrow(/bandwidth=0 must be above 0 Hz/);
    expect(() => limited(Number.NaN)).toThrow(/bandwidth=NaN/);
  });

  it('makes nothing of bands without bins, whatever the mel says of them', () => {
    const options = { ...small, numMels: 30 };
    const audio = noise(7, 240);
    const loud = { data: new Float32Array(30 * 30).fill(-2), frames: 30, mels: 30 };
    const made = refined(audio, loud, 3, options);
    expectClose(made, literally(audio, loud, 3, options), { max: 1e-4 });
    expect(Math.max(...made.map(Math.abs))).toBeLessThan(10);
    // Nor of what no logarithm of a sound can be.
    const absurd = { data: new Float32Array(20 * 6).fill(3e38), frames: 20, mels: 6 };
    expect(refined(noise(8, 160), absurd, 2, small).every(Number.isFinite)).toBe(true);
  });

  it('refuses nonsense, and sound and mel of different lengths', () => {
    for (const rounds of [0, -1, 1.5, Number.NaN]) {
      expect(() => createMelRefinement({ ...usual, rounds })).toThrow(/rounds=.*whole number/);
    }
    const phases = 'random' as MelPhases;
    expect(() => createMelRefinement({ ...usual, rounds: 1, phases })).toThrow(
      /phases="random" must be "kept" or "integrated"/,
    );
    for (const wrong of [{ hopSize: 0 }, { hopSize: 255 }, { winSize: 2000 }, { numMels: 0 }]) {
      expect(() => createMelRefinement({ ...usual, ...wrong, rounds: 1 })).toThrow(RangeError);
    }
    expect(() => createMelRefinement({ ...small, winSize: 9, rounds: 1 })).toThrow(
      /winSize=9 must be well above hopSize=8/,
    );
    const refinement = createMelRefinement({ ...usual, rounds: 1 });
    const swapped = { data: mel.data, frames: 80, mels: mel.frames };
    expect(() => refinement.addMel(swapped)).toThrow(/swapped/);
    refinement.addMel(mel);
    refinement.push(recording.subarray(0, 1000));
    expect(() => refinement.end()).toThrow(/1000 samples must be 16384/);
  });
});
