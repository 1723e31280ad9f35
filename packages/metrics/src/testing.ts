import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readWav } from '@hifigan/audio';
import { golden, hashedUniform } from '@hifigan/testkit';

/** What `goldens/metrics.py` computed; its copies are made here a second time. */
export const measures = golden(import.meta.url, 'fixtures/measures.safetensors');

const metadata = <T>(key: string): T => JSON.parse(measures.metadata[key]) as T;
export const RECORDINGS = metadata<string[]>('recordings');
/** Hz, what the samples of the first noisy copy are taken for, too. */
export const OTHER_RATES = metadata<number[]>('other_rates');
export const COPIES = ['noisy', 'dull', 'glided'] as const;
/** Hz, of the recordings. */
export const RATE = 16_000;

/** Every pair of the goldens: `[recording, copy]`. */
export const PAIRS = RECORDINGS.flatMap((name) => COPIES.map((copy) => [name, copy] as const));

/** A recording of `samples/`. */
export function recording(name: string): Float32Array {
  const path = fileURLToPath(new URL(`../../../samples/${name}.wav`, import.meta.url));
  return readWav(readFileSync(path), name).channels[0];
}

/** A spoilt copy of a recording, as the goldens have it. */
export function spoilt(name: string, copy: (typeof COPIES)[number]): Float32Array {
  const audio = recording(name);
  return { noisy, dull, glided }[copy](audio, name);
}

function noisy(audio: Float32Array, name: string): Float32Array {
  const noise = hashedUniform(`metrics/${name}`, [audio.length], 0.02);
  return audio.map((value, i) => value + noise[i]);
}

function dull(audio: Float32Array): Float32Array {
  return audio.map((_, at) => {
    let sum = 0;
    for (let k = at - 4; k <= at + 4; k++) sum += audio[k] ?? 0;
    return sum / 9;
  });
}

function glided(audio: Float32Array): Float32Array {
  const last = audio.length - 1;
  return audio.map((_, at) => {
    const swing = 1 - Math.cos((2 * Math.PI * 3 * at) / audio.length);
    const place = Math.min(last, Math.max(0, at - (300 * swing) / 2));
    const before = Math.min(last - 1, Math.floor(place));
    return audio[before] + (place - before) * (audio[before + 1] - audio[before]);
  });
}

/** Harmonics of a pitch that may glide, samples in [−1, 1]. @param hz by second */
export function buzz(hz: (second: number) => number, seconds: number, rate = RATE): Float32Array {
  let phase = 0;
  return Float32Array.from({ length: Math.round(seconds * rate) }, (_, n) => {
    phase += (2 * Math.PI * hz(n / rate)) / rate;
    return 0.1 * [1, 2, 3, 4, 5, 6, 7, 8].reduce((sum, k) => sum + Math.sin(k * phase) / k, 0);
  });
}
