import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readWav } from '@hifigan/audio';

/** A recording of `fixtures/`. */
export function fixture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(fileURLToPath(new URL(`fixtures/${name}`, import.meta.url))));
}

/** What went into the encoders. */
export const original = (name: string) => readWav(fixture(`${name}.wav`), name);

/** Decibels of a signal over its difference from what it should be. */
export function signalToNoise(actual: Float32Array, expected: Float32Array): number {
  let signal = 0;
  let noise = 0;
  for (const [i, value] of expected.entries()) {
    signal += value * value;
    noise += (actual[i] - value) ** 2;
  }
  return 10 * Math.log10(signal / noise);
}

/** A recording of each kind, and of each depth. */
export const RECORDINGS = [
  'speech.wav',
  'speech.flac',
  'tone24.flac',
  'tone8.flac',
  'speech.oga',
  'speech.mp3',
  'bare.mp3',
  'tone24.mp3',
  'speech.ogg',
  'tone24.ogg',
  'speech.opus',
];
