import { readdirSync, readFileSync } from 'node:fs';
import { createResampler } from '../resample.js';
import { toMono } from '../to-mono.js';
import { readWav } from '../wav/read-wav.js';

const SAMPLES = new URL('../../../../samples/', import.meta.url);

let recordings: ReadonlyMap<string, Float32Array> | undefined;

/** The recordings of `samples/` at their own 16 kHz, by name; read once. */
export function sampleRecordings(): ReadonlyMap<string, Float32Array> {
  recordings ??= new Map(
    readdirSync(SAMPLES)
      .filter((name) => name.endsWith('.wav'))
      .map((name) => [name, toMono(readWav(readFileSync(new URL(name, SAMPLES))).channels)]),
  );
  return recordings;
}

const resampled = new WeakMap<Float32Array, Map<number, Float32Array>>();

/** A recording of 16 kHz at another rate; the same array resampled once for each. */
export function atRate(audio: Float32Array, samplingRate: number): Float32Array {
  if (samplingRate === 16000) return audio;
  const known = resampled.get(audio) ?? new Map<number, Float32Array>();
  resampled.set(audio, known);
  const found = known.get(samplingRate);
  if (found) return found;
  const made = createResampler(16000, samplingRate).resample(audio);
  known.set(samplingRate, made);
  return made;
}

interface Arrays<Array> {
  array(name: string): Array;
  has(name: string): boolean;
  names(): string[];
}

/**
 * The committed mel of each profile, by its name; with its statistics, where it has some.
 *
 * @param read reads a golden, named relative to this folder
 */
export function profileGoldens<Array>(
  read: (path: string) => Arrays<Array>,
): Pick<Arrays<Array>, 'array' | 'names'> {
  const files = ['mel-profiles', 'mel-profiles-more', 'mel-profiles-scripts'].map((name) =>
    read(`../fixtures/${name}.safetensors`),
  );
  return {
    array: (name) => (files.find((file) => file.has(name)) ?? files[0]).array(name),
    names: () => files.flatMap((file) => file.names()),
  };
}
