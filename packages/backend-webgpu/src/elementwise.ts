import type { TensorInfo } from '@tensorflow/tfjs-core';
import { dispatch, type ProgramBackend, sizeOf, type Uniform } from './program.js';

const THREADS = 256;

/** One value of each result for one of each input. */
export interface Elementwise {
  /** Names the formula. */
  readonly key: string;
  /** WGSL for the value at `i`; `c` is the channel where some inputs have one value for each. */
  readonly value: string;
  readonly inputs: Readonly<Record<string, TensorInfo>>;
  readonly shape: readonly number[];
  readonly uniforms?: readonly Uniform[];
}

export function elementwise(
  backend: ProgramBackend,
  { key, value, inputs, shape, uniforms = [] }: Elementwise,
): TensorInfo {
  const size = sizeOf(shape);
  return dispatch(backend, {
    key,
    code: () => `
fn main(i : i32) {
  if (i >= uniforms.count) { return; }
  ${/\bc\b/.test(value) ? 'let c = i % uniforms.channels;' : ''}
  result[i] = ${value};
}`,
    inputs: Object.entries(inputs).map(([name, tensor]) => ({ name, tensor })),
    output: { shape },
    uniforms: [
      ['count', 'i32', size],
      ['channels', 'i32', shape[shape.length - 1] ?? 1],
      ...uniforms,
    ],
    workgroups: Math.ceil(size / THREADS),
    threads: THREADS,
  });
}
