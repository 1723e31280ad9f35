import { readdirSync, readFileSync } from 'node:fs';
import { createResampler } from '../resample.js';
import { toMono } from '../to-mono.js';
import { readWav } from '../wav/read-wav.js';

const SAMPLES = new URL('../../../../samples/', import.meta.url);

/** The recordings of `samples/` at their own 16 kHz, by name. */
export function sampleRecordings(): ReadonlyMap<string, Float32Array> {
  return new Map(
    readdirSync(SAMPLES)
      .filter((name) => name.endsWith('.wav'))
      .map((name) => [name, toMono(readWav(readFileSync(new URL(name, SAMPLES))).channels)]),
  );
}

/** A recording of 16 kHz at another rate. */
export function atRate(audio: Float32Array, samplingRate: number): Float32Array {
  return samplingRate === 16000 ? audio : createResampler(16000, samplingRate).resample(audio);
}
