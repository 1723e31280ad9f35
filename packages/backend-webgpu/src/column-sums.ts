import type { TensorInfo } from '@tensorflow/tfjs-core';
import { dispatch, type ProgramBackend, sizeOf } from './program.js';

const THREADS = 256;
/** Rows that a thread adds up before threads add up theirs: few, as many equal ones lose less of float32 that way. */
const ROWS = 32;

/** What is summed over the rows of matrices `[rows, channels]`, and what becomes of the sums. */
export interface ColumnSums {
  readonly channels: number;
  readonly of:
    | { readonly kind: 'values'; readonly x: TensorInfo }
    | { readonly kind: 'squares'; readonly x: TensorInfo }
    | { readonly kind: 'products'; readonly x: TensorInfo; readonly y: TensorInfo };
  /** One over the root of the sums, or the sums times a factor `[channels]`. */
  readonly finish?: 'inverse root' | { readonly times: TensorInfo };
}

/** Sums over all axes but the last, in as many passes as the rows need. @returns `[channels]` */
export function columnSums(
  backend: ProgramBackend,
  { channels, of, finish }: ColumnSums,
): TensorInfo {
  const rows = sizeOf(of.x.shape) / channels;
  const wide = Math.min(64, 2 ** Math.ceil(Math.log2(channels)));
  const high = THREADS / wide;
  const parts = Math.ceil(rows / (high * ROWS));
  const last = parts === 1;
  const inverse = last && finish === 'inverse root';
  const factor = last && typeof finish === 'object' ? finish.times : undefined;
  const tilesWide = Math.ceil(channels / wide);
  const value = { values: 'x[at]', squares: 'x[at] * x[at]', products: 'x[at] * y[at]' }[of.kind];
  const sums = dispatch(backend, {
    key: `HifiganColumnSums ${of.kind} ${wide} ${inverse} ${factor !== undefined}`,
    code: () => `
var<workgroup> shares : array<f32, ${THREADS}>;
fn main(index : i32) {
  let thread = i32(localIndex);
  let tile = index / ${THREADS};
  let channel = (tile % uniforms.tilesWide) * ${wide} + thread % ${wide};
  let part = tile / uniforms.tilesWide;
  let begin = part * ${high * ROWS} + thread / ${wide};
  var sum = 0.0;
  if (channel < uniforms.channels) {
    for (var i = 0; i < ${ROWS}; i = i + 1) {
      let row = begin + i * ${high};
      if (row >= uniforms.rows) { break; }
      let at = row * uniforms.channels + channel;
      sum = sum + ${value};
    }
  }
  shares[thread] = sum;
  workgroupBarrier();
  for (var step = ${THREADS / 2}; step >= ${wide}; step = step / 2) {
    if (thread < step) { shares[thread] = shares[thread] + shares[thread + step]; }
    workgroupBarrier();
  }
  if (thread < ${wide} && channel < uniforms.channels && part < uniforms.parts) {
    let total = shares[thread];
    result[part * uniforms.channels + channel] = ${
      inverse ? '1.0 / sqrt(total)' : factor ? 'total * factor[channel]' : 'total'
    };
  }
}`,
    inputs: [
      { name: 'x', tensor: of.x },
      ...(of.kind === 'products' ? [{ name: 'y', tensor: of.y }] : []),
      ...(factor ? [{ name: 'factor', tensor: factor }] : []),
    ],
    output: { shape: last ? [channels] : [parts, channels] },
    uniforms: [
      ['rows', 'i32', rows],
      ['channels', 'i32', channels],
      ['parts', 'i32', parts],
      ['tilesWide', 'i32', tilesWide],
    ],
    workgroups: tilesWide * parts,
    threads: THREADS,
  });
  if (last) return sums;
  try {
    return columnSums(backend, { channels, of: { kind: 'values', x: sums }, finish });
  } finally {
    backend.disposeData(sums.dataId);
  }
}
