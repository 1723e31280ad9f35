import { CONV1D_BACKPROP_FILTER, type Conv1dBackpropFilterAttributes } from '@hifigan/ops';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { columnSums } from './column-sums.js';
import { dispatch, type ProgramBackend } from './program.js';

const THREADS = 64;
/** Positions that pass through workgroup memory at once, where tiles are wide; tall tiles leave room for fewer. */
const MOST_DEPTH = 16;
/** Vectors of four rows that a thread computes, 32 of them a tile with those of the other threads. */
const VECTORS = 2;
/** Workgroups from which a GPU is busy: below, several share the positions of a tile. */
const BUSY = 512;
/** Values that the shares of a sum may take. */
const MOST_SHARES = 2 ** 24;

/**
 * The kernel `CONV1D_BACKPROP_FILTER` of `@hifigan/ops`: a product of matrices, `[kernel × in, positions]` by
 * `[positions, out]`, of which the left one is never written. Where the product is small and the positions are many,
 * workgroups take a share of the positions each, and their sums are added up.
 */
export function filterGradient(
  backend: ProgramBackend,
  { x, dy }: { readonly x: TensorInfo; readonly dy: TensorInfo },
  attributes: Conv1dBackpropFilterAttributes,
): TensorInfo {
  const { stride, dilation, groups, padLeft, kernelSize, preActivationSlope: slope } = attributes;
  const [batch, time, inChannels] = x.shape as [number, number, number];
  const [, outTime, outChannels] = dy.shape as [number, number, number];
  const [inGroup, outGroup] = [inChannels / groups, outChannels / groups];
  const rows = kernelSize * inGroup;
  const positions = batch * outTime;

  const wide = outGroup > 16 ? 8 : outGroup > 8 ? 4 : outGroup > 4 ? 2 : 1;
  const high = THREADS / wide;
  const tileRows = high * VECTORS * 4;
  const tilesHigh = Math.ceil(rows / tileRows);
  const tilesWide = Math.ceil(outGroup / (wide * 4));
  const tiles = tilesHigh * tilesWide * groups;
  const shares = Math.max(
    1,
    Math.min(
      Math.ceil(BUSY / tiles),
      Math.ceil(positions / (4 * MOST_DEPTH)),
      Math.floor(MOST_SHARES / (rows * outChannels)),
    ),
  );
  const length = Math.ceil(positions / shares / MOST_DEPTH) * MOST_DEPTH;
  const inputs4 = inGroup % 4 === 0;
  const outputs4 = outGroup % 4 === 0;

  const partial = dispatch(backend, {
    key: `${CONV1D_BACKPROP_FILTER} ${wide},${inputs4},${outputs4},${slope !== 1}`,
    code: () => shader({ wide, high, inputs4, outputs4, activated: slope !== 1 }),
    inputs: [
      { name: 'x', tensor: x, components: inputs4 ? 4 : 1 },
      { name: 'dy', tensor: dy, components: outputs4 ? 4 : 1 },
    ],
    output: {
      shape: shares === 1 ? [kernelSize, inGroup, outChannels] : [shares, rows * outChannels],
      components: outputs4 ? 4 : 1,
    },
    uniforms: [
      ['time', 'i32', time],
      ['outTime', 'i32', outTime],
      ['positions', 'i32', positions],
      ['share', 'i32', length],
      ['shares', 'i32', shares],
      ['rows', 'i32', rows],
      ['inGroup', 'i32', inGroup],
      ['outGroup', 'i32', outGroup],
      ['groups', 'i32', groups],
      ['stride', 'i32', stride],
      ['dilation', 'i32', dilation],
      ['padLeft', 'i32', padLeft],
      ['tilesWide', 'i32', tilesWide],
      ['tilesHigh', 'i32', tilesHigh],
      ['slope', 'f32', slope],
    ],
    workgroups: tiles * shares,
    threads: THREADS,
  });
  if (shares === 1) return partial;
  try {
    const sums = columnSums(backend, {
      channels: rows * outChannels,
      of: { kind: 'values', x: partial },
    });
    return { ...sums, shape: [kernelSize, inGroup, outChannels] };
  } finally {
    backend.disposeData(partial.dataId);
  }
}

interface Shape {
  readonly wide: number;
  readonly high: number;
  readonly inputs4: boolean;
  readonly outputs4: boolean;
  readonly activated: boolean;
}

function shader({ wide, high, inputs4, outputs4, activated }: Shape): string {
  const tall = high * VECTORS;
  const depth = Math.min(MOST_DEPTH, 4 * wide);
  const range = (count: number) => Array.from({ length: count }, (_, i) => i);
  const sums = range(VECTORS).flatMap((v) => range(4).map((lane) => [v, lane] as const));
  return `
var<workgroup> samples : array<vec4<f32>, ${depth * tall}>;
var<workgroup> slopes : array<vec4<f32>, ${depth * wide}>;
// Of row r of the filter (a tap and an input channel) at a position: what is multiplied by its gradient there.
fn place(b : i32, t : i32, r : i32, group : i32) -> i32 {
  let at = t * uniforms.stride + (r / uniforms.inGroup) * uniforms.dilation - uniforms.padLeft;
  if (r >= uniforms.rows || at < 0 || at >= uniforms.time) { return -1; }
  return (b * uniforms.time + at) * (uniforms.inGroup * uniforms.groups) + group * uniforms.inGroup + r % uniforms.inGroup;
}
fn main(index : i32) {
  let thread = i32(localIndex);
  let tx = thread % ${wide};
  let ty = thread / ${wide};
  var rest = index / ${THREADS};
  let channel0 = (rest % uniforms.tilesWide) * ${wide * 4};
  rest = rest / uniforms.tilesWide;
  let row0 = (rest % uniforms.tilesHigh) * ${tall * 4};
  rest = rest / uniforms.tilesHigh;
  let group = rest % uniforms.groups;
  let share = rest / uniforms.groups;
  let first = share * uniforms.share;
  let end = min(first + uniforms.share, uniforms.positions);
  ${sums.map(([v, lane]) => `var sum_${v}_${lane} = vec4<f32>(0.0);`).join('\n  ')}
  for (var done = 0; done < uniforms.share; done = done + ${depth}) {
    workgroupBarrier();
    for (var i = thread; i < ${depth * tall}; i = i + ${THREADS}) {
      let position = first + done + i / ${tall};
      let r = row0 + (i % ${tall}) * 4;
      var v = vec4<f32>(0.0);
      if (position < end) {
        let b = position / uniforms.outTime;
        let t = position % uniforms.outTime;
        ${
          inputs4
            ? 'let at = place(b, t, r, group); if (at >= 0) { v = x[at / 4]; }'
            : range(4)
                .map(
                  (lane) =>
                    `let at${lane} = place(b, t, r + ${lane}, group); if (at${lane} >= 0) { v[${lane}] = x[at${lane}]; }`,
                )
                .join('\n        ')
        }
      }
      samples[i] = ${activated ? 'select(v * uniforms.slope, v, v > vec4<f32>(0.0))' : 'v'};
    }
    for (var i = thread; i < ${depth * wide}; i = i + ${THREADS}) {
      let position = first + done + i / ${wide};
      let n = channel0 + (i % ${wide}) * 4;
      var v = vec4<f32>(0.0);
      if (position < end && n < uniforms.outGroup) {
        let at = position * (uniforms.outGroup * uniforms.groups) + group * uniforms.outGroup + n;
        ${
          outputs4
            ? 'v = dy[at / 4];'
            : range(4)
                .map(
                  (lane) =>
                    `if (n + ${lane} < uniforms.outGroup) { v[${lane}] = dy[at + ${lane}]; }`,
                )
                .join('\n        ')
        }
      }
      slopes[i] = v;
    }
    workgroupBarrier();
    for (var i = 0; i < ${depth}; i = i + 1) {
      let d = slopes[i * ${wide} + tx];
      ${range(VECTORS)
        .map((v) => `let s_${v} = samples[i * ${tall} + ty + ${v * high}];`)
        .join('\n      ')}
      ${sums
        .map(
          ([v, lane]) => `sum_${v}_${lane} = fma(vec4<f32>(s_${v}[${lane}]), d, sum_${v}_${lane});`,
        )
        .join('\n      ')}
    }
  }
  let n = channel0 + tx * 4;
  if (share >= uniforms.shares || n >= uniforms.outGroup) { return; }
  let channels = uniforms.outGroup * uniforms.groups;
  let begin = share * uniforms.rows * channels + group * uniforms.outGroup + n;
  ${sums
    .map(([v, lane]) => {
      const row = `row0 + (ty + ${v * high}) * 4 + ${lane}`;
      const write = outputs4
        ? `result[(begin + (${row}) * channels) / 4] = sum_${v}_${lane};`
        : range(4)
            .map(
              (one) =>
                `if (n + ${one} < uniforms.outGroup) { result[begin + (${row}) * channels + ${one}] = sum_${v}_${lane}[${one}]; }`,
            )
            .join(' ');
      return `if (${row} < uniforms.rows) { ${write} }`;
    })
    .join('\n  ')}
}`;
}
