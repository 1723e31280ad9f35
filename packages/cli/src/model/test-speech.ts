import { seededRandom } from '../bench/seeded-random.js';

/** Formants of a vowel: frequency and width, Hz, and how loud. */
const OPEN = [
  [700, 110, 1],
  [1220, 120, 0.6],
  [2600, 160, 0.25],
] as const;
const CLOSE = [
  [300, 80, 1],
  [2200, 120, 0.35],
  [3000, 160, 0.3],
] as const;

/**
 * Something like speech that belongs to nobody: a vowel that glides to another on a falling voice, a hiss, and silence.
 * For where a mel of speech is needed and no recording is at hand.
 *
 * @param samplingRate Hz
 * @param seconds length; the sound keeps its proportions
 * @returns samples in [−1, 1], the same everywhere
 */
export function testSpeech(samplingRate: number, seconds: number): Float32Array {
  const random = seededRandom(1);
  const audio = new Float32Array(Math.round(samplingRate * seconds));
  let phase = 0;
  for (let at = 0; at < audio.length; at++) {
    const place = at / audio.length;
    const voice = 150 - 50 * place;
    phase += voice / samplingRate;
    const hiss = 0.1 * (2 * random() - 1) * hump(place, 0.7, 0.95);
    audio[at] = hump(place, 0.02, 0.7) * vowel(phase, voice, { place, samplingRate }) + hiss;
  }
  return audio;
}

/** Harmonics as loud as the formants let them be. */
function vowel(
  phase: number,
  voice: number,
  { place, samplingRate }: { readonly place: number; readonly samplingRate: number },
): number {
  let sum = 0;
  for (let harmonic = 1; harmonic * voice < Math.min(samplingRate / 2, 4000); harmonic++) {
    const loudness = OPEN.reduce((total, open, i) => {
      const [frequency, width, gain] = open.map(
        (value, j) => value + (CLOSE[i][j] - value) * place,
      );
      return total + gain / (1 + ((harmonic * voice - frequency) / width) ** 2);
    }, 0);
    sum += (loudness / Math.sqrt(harmonic)) * Math.sin(2 * Math.PI * harmonic * phase);
  }
  return 0.15 * sum;
}

/** 0 outside, 1 in the middle, smooth between. */
function hump(place: number, from: number, to: number): number {
  if (place <= from || place >= to) return 0;
  return Math.sin((Math.PI * (place - from)) / (to - from)) ** 0.5;
}
