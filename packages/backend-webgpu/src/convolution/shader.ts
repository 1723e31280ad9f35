import { channelsOf, positionsOf, THREADS, type Tiling } from './tiling.js';

/** What the code of a convolution depends on; all other numbers are uniforms. */
export interface ConvolutionShape {
  readonly tiling: Tiling;
  /** Whether this is the transposed one, whose filter is `[kernel, out, in]`. */
  readonly transposed: boolean;
  /** Whether four input channels lie side by side, and four output channels. */
  readonly wholeInputs: boolean;
  readonly wholeOutputs: boolean;
  readonly preActivation: boolean;
  readonly bias: boolean;
  readonly residual: boolean;
  readonly activation: 'linear' | 'leakyRelu' | 'tanh';
}

export function keyOf({ tiling: t, ...shape }: ConvolutionShape): string {
  const tiling = [t.threadsWide, t.rows, t.vectors, t.depth, windowVectors(t), t.sampleStep];
  return [...tiling, t.window > 0, ...Object.values(shape)].join(',');
}

/** Room for the window, rounded up: few sizes of it are few programs to compile. */
function windowVectors({ window, sampleStep, ...tiling }: Tiling): number {
  if (!window) return positionsOf({ window, sampleStep, ...tiling }) * sampleStep;
  const exact = window * sampleStep;
  const left = 1024 - (tiling.depth * channelsOf({ window, sampleStep, ...tiling })) / 4;
  return Math.min(Math.ceil(exact / 128) * 128, left);
}

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/**
 * A convolution as a product of matrices that are never written: a workgroup computes a tile, positions × output
 * channels, from samples and weights that its threads have brought into workgroup memory.
 *
 * Both kinds are one: position q and tap j read sample `origin + q * rowStep + j * tapStep`. The transposed
 * convolution's outputs fall into `stride` phases; those of a phase meet each `tapEvery`-th tap alone, backwards.
 */
export function convolutionShader(shape: ConvolutionShape): string {
  const { tiling } = shape;
  const { threadsWide, threadsHigh, rows, vectors, depth, sampleStep } = tiling;
  const wide = threadsWide * vectors;
  const each = (text: (row: number, vector: number) => string) =>
    range(rows)
      .flatMap((row) => range(vectors).map((vector) => text(row, vector)))
      .join('\n');

  return `
const DEPTH4 : i32 = ${depth / 4};
const WIDE : i32 = ${wide};
var<workgroup> samples : array<vec4<f32>, ${windowVectors(tiling)}>;
var<workgroup> weights : array<vec4<f32>, ${depth * wide}>;
${readers(shape)}
fn main(index : i32) {
  let thread = i32(localIndex);
  let tx = thread % ${threadsWide};
  let ty = thread / ${threadsWide};
  var rest = index / ${THREADS};
  let channel0 = (rest % uniforms.tilesWide) * ${channelsOf(tiling)};
  rest = rest / uniforms.tilesWide;
  let position0 = (rest % uniforms.tilesHigh) * ${positionsOf(tiling)};
  rest = rest / uniforms.tilesHigh;
  let group = rest % uniforms.groups;
  rest = rest / uniforms.groups;
  let phase = rest % uniforms.phases;
  // Beyond the last where there are more workgroups than tiles: nothing is read and written then.
  let item = rest / uniforms.phases;
  ${origins(shape)}
  ${each((row, vector) => `var sum_${row}_${vector} = vec4<f32>(0.0);`)}
${tiling.window ? windowLoop(shape, each) : flatLoop(shape, each)}
${ending(shape)}
}
fn finish(b : i32, q : i32, n : i32, phase : i32, group : i32, sum : vec4<f32>) {
${store(shape)}
}
`
    .replaceAll('THREADS_HIGH', String(threadsHigh))
    .replaceAll('SAMPLE_STEP', String(sampleStep));
}

/** Functions that read four values, zeros where there are none. */
function readers({
  wholeInputs,
  transposed,
  wholeOutputs,
  preActivation,
}: ConvolutionShape): string {
  const activated = preActivation ? 'select(v * uniforms.preSlope, v, v > vec4<f32>(0.0))' : 'v';
  const lanes = (value: (lane: number) => string) => `vec4<f32>(${range(4).map(value).join(', ')})`;
  return `
fn readSample(b : i32, t : i32, group : i32, c : i32) -> vec4<f32> {
  if (b >= uniforms.batch || t < 0 || t >= uniforms.time || c >= uniforms.inGroup) { return vec4<f32>(0.0); }
  let at = (b * uniforms.time + t) * (uniforms.inGroup * uniforms.groups) + group * uniforms.inGroup + c;
${
  wholeInputs
    ? '  let v = x[at / 4];'
    : `  var v = vec4<f32>(x[at], 0.0, 0.0, 0.0);
  ${range(3)
    .map((i) => `if (c + ${i + 1} < uniforms.inGroup) { v[${i + 1}] = x[at + ${i + 1}]; }`)
    .join('\n  ')}`
}
  return ${activated};
}
fn readValue(b : i32, t : i32, group : i32, c : i32) -> f32 {
  if (b >= uniforms.batch || t < 0 || t >= uniforms.time || c >= uniforms.inGroup) { return 0.0; }
  let at = (b * uniforms.time + t) * (uniforms.inGroup * uniforms.groups) + group * uniforms.inGroup + c;
  let v = ${wholeInputs ? 'x[at / 4][at % 4]' : 'x[at]'};
  return ${preActivation ? 'select(v * uniforms.preSlope, v, v > 0.0)' : 'v'};
}
// Of four output channels from n on, at one input channel.
fn readWeights(k : i32, c : i32, group : i32, n : i32) -> vec4<f32> {
  if (k >= uniforms.kernelSize || c >= uniforms.inGroup || n >= uniforms.outGroup) { return vec4<f32>(0.0); }
${
  transposed
    ? `  let at = (k * uniforms.outGroup + n) * (uniforms.inGroup * uniforms.groups) + group * uniforms.inGroup + c;
  let step = uniforms.inGroup * uniforms.groups;
  return ${lanes((l) => `readFilter(at + ${l} * step, n + ${l})`)};`
    : `  let at = (k * uniforms.inGroup + c) * (uniforms.outGroup * uniforms.groups) + group * uniforms.outGroup + n;
  return ${wholeOutputs ? 'w[at / 4]' : lanes((l) => `readFilter(at + ${l}, n + ${l})`)};`
}
}
fn readFilter(at : i32, n : i32) -> f32 {
  if (n >= uniforms.outGroup) { return 0.0; }
  return ${(transposed ? wholeInputs : wholeOutputs) ? 'w[at / 4][at % 4]' : 'w[at]'};
}
${
  transposed && wholeInputs
    ? `
// Of output channel n, at four input channels.
fn readWeightsAcross(k : i32, c : i32, group : i32, n : i32) -> vec4<f32> {
  if (k >= uniforms.kernelSize || c >= uniforms.inGroup || n >= uniforms.outGroup) { return vec4<f32>(0.0); }
  return w[((k * uniforms.outGroup + n) * (uniforms.inGroup * uniforms.groups) + group * uniforms.inGroup + c) / 4];
}`
    : ''
}`;
}

/** Where a tile begins: `origin`, what position 0 reads at tap 0; `k0`, the first tap of its phase. */
function origins({ transposed }: ConvolutionShape): string {
  if (!transposed) return 'let k0 = 0;\n  let origin = -uniforms.padLeft;';
  // The first tap whose place is of this phase; where there is none, no tap is.
  return `var k0 = 0;
  loop {
    if (k0 >= uniforms.tapEvery || (k0 * uniforms.dilation - phase) % uniforms.stride == 0) { break; }
    k0 = k0 + 1;
  }
  let origin = -(k0 * uniforms.dilation - phase) / uniforms.stride;
  if (k0 >= uniforms.tapEvery) { k0 = uniforms.kernelSize; }`;
}

type Each = (text: (row: number, vector: number) => string) => string;

/** Loads the window of a few channels, then adds tap after tap. */
function windowLoop(shape: ConvolutionShape, each: Each): string {
  const { tiling } = shape;
  return `
  // The earliest sample, whichever way the taps run.
  let back = max(0, -(uniforms.taps - 1) * uniforms.tapStep);
  let first = origin + position0 * uniforms.rowStep - back;
  let span = ${positionsOf(tiling) - 1} * uniforms.rowStep + (uniforms.taps - 1) * abs(uniforms.tapStep) + 1;
  for (var c0 = 0; c0 < uniforms.inGroup; c0 = c0 + DEPTH4 * 4) {
    workgroupBarrier();
    for (var i = thread; i < span * DEPTH4; i = i + ${THREADS}) {
      let sample = i / DEPTH4;
      let c4 = i % DEPTH4;
      samples[sample * SAMPLE_STEP + c4] = readSample(item, first + sample, group, c0 + c4 * 4);
    }
    for (var tap = 0; tap < uniforms.taps; tap = tap + 1) {
      if (tap > 0) { workgroupBarrier(); }
      let k = k0 + tap * uniforms.tapEvery;
      ${loadWeights(shape, 'k', 'c0')}
      workgroupBarrier();
      let begin = back + tap * uniforms.tapStep;
      ${product(shape, each, (row) => `(begin + (ty + ${row} * THREADS_HIGH) * uniforms.rowStep) * SAMPLE_STEP`)}
    }
  }`;
}

/** Loads as many tap × channel pairs as fit, for each position its own. */
function flatLoop(shape: ConvolutionShape, each: Each): string {
  const { tiling, wholeInputs } = shape;
  const pair = (offset: number) =>
    `readValue(b, begin + ((r + ${offset}) / uniforms.inGroup) * uniforms.tapStep, group, (r + ${offset}) % uniforms.inGroup)`;
  return `
  let reduced = uniforms.taps * uniforms.inGroup;
  for (var r0 = 0; r0 < reduced; r0 = r0 + DEPTH4 * 4) {
    workgroupBarrier();
    for (var i = thread; i < ${positionsOf(tiling)} * DEPTH4; i = i + ${THREADS}) {
      let row = i / DEPTH4;
      let r = r0 + (i % DEPTH4) * 4;
      let at = position0 + row;
      let b = select(at / uniforms.positions, uniforms.batch, item > 0);
      let begin = origin + (at % uniforms.positions) * uniforms.rowStep;
      var v = vec4<f32>(0.0);
      ${
        wholeInputs
          ? 'if (r < reduced) { v = readSample(b, begin + (r / uniforms.inGroup) * uniforms.tapStep, group, r % uniforms.inGroup); }'
          : range(4)
              .map((lane) => `if (r + ${lane} < reduced) { v[${lane}] = ${pair(lane)}; }`)
              .join('\n      ')
      }
      samples[row * SAMPLE_STEP + i % DEPTH4] = v;
    }
    for (var i = thread; i < DEPTH4 * 4 * WIDE; i = i + ${THREADS}) {
      let r = r0 + i / WIDE;
      let k = k0 + (r / uniforms.inGroup) * uniforms.tapEvery;
      weights[i] = readWeights(k, r % uniforms.inGroup, group, channel0 + (i % WIDE) * 4);
    }
    workgroupBarrier();
    ${product(shape, each, (row) => `(ty + ${row} * THREADS_HIGH) * SAMPLE_STEP`)}
  }`;
}

function loadWeights({ transposed, wholeInputs }: ConvolutionShape, k: string, c0: string): string {
  if (!transposed || !wholeInputs) {
    return `for (var i = thread; i < DEPTH4 * 4 * WIDE; i = i + ${THREADS}) {
        weights[i] = readWeights(${k}, ${c0} + i / WIDE, group, channel0 + (i % WIDE) * 4);
      }`;
  }
  // Four by four at once, turned in registers: they lie along the input channels, and are wanted along the others.
  const across = range(4).map(
    (lane) => `let v${lane} = readWeightsAcross(${k}, ${c0} + c4 * 4, group, n + ${lane});`,
  );
  const turned = range(4).map(
    (c) =>
      `weights[(c4 * 4 + ${c}) * WIDE + i / DEPTH4] = vec4<f32>(v0[${c}], v1[${c}], v2[${c}], v3[${c}]);`,
  );
  return `for (var i = thread; i < DEPTH4 * WIDE; i = i + ${THREADS}) {
        let c4 = i % DEPTH4;
        let n = channel0 + (i / DEPTH4) * 4;
        ${[...across, ...turned].join('\n        ')}
      }`;
}

/** Adds what lies in workgroup memory to the sums of a thread. */
function product(
  { tiling }: ConvolutionShape,
  each: Each,
  rowBegin: (row: number) => string,
): string {
  const { rows, vectors, threadsWide } = tiling;
  const begins = range(rows).map((row) => `let begin_${row} = ${rowBegin(row)};`);
  const steps = range(4).map((lane) =>
    [
      ...range(vectors).map(
        (vector) =>
          `let w_${lane}_${vector} = weights[(c4 * 4 + ${lane}) * WIDE + tx + ${vector * threadsWide}];`,
      ),
      each(
        (row, vector) =>
          `sum_${row}_${vector} = fma(vec4<f32>(s_${row}[${lane}]), w_${lane}_${vector}, sum_${row}_${vector});`,
      ),
    ].join('\n'),
  );
  return `${begins.join('\n')}
      for (var c4 = 0; c4 < DEPTH4; c4 = c4 + 1) {
        ${range(rows)
          .map((row) => `let s_${row} = samples[begin_${row} + c4];`)
          .join('\n')}
        ${steps.join('\n')}
      }`;
}

/** In a loop: unrolled it would be most of the program, and compiling takes its time. */
function ending({ tiling }: ConvolutionShape): string {
  const { rows, vectors, threadsWide } = tiling;
  const sums = range(rows).flatMap((row) => range(vectors).map((vector) => `sum_${row}_${vector}`));
  const place = tiling.window
    ? 'finish(item, at, n, phase, group, sums[i]);'
    : 'finish(select(at / uniforms.positions, uniforms.batch, item > 0), at % uniforms.positions, n, phase, group, sums[i]);';
  return `  var sums = array<vec4<f32>, ${sums.length}>(${sums.join(', ')});
  for (var i = 0; i < ${sums.length}; i = i + 1) {
    let at = position0 + ty + (i / ${vectors}) * THREADS_HIGH;
    let n = channel0 + (tx + (i % ${vectors}) * ${threadsWide}) * 4;
    ${place}
  }`;
}

function store({ transposed, wholeOutputs, bias, residual, activation }: ConvolutionShape): string {
  const isNan = wholeOutputs ? 'isnanVec4' : 'isnan';
  const ends = (zero: string) => ({
    linear: 'v',
    leakyRelu: `select(v * uniforms.postSlope, v, v > ${zero})`,
    // Beyond 10 it is 1 in float32, and some drivers compute infinity by infinity. A clamp makes a number of NaN; tfjs's
    // prelude tells it by its bits, since compilers may take it that there is none.
    tanh: `select(tanh(clamp(v, ${zero} - 10.0, ${zero} + 10.0)), v, ${isNan}(v))`,
  });
  const write = (at: string, zero: string, lane = '') => `var v = sum${lane};
    ${bias ? `v = v + bias[${wholeOutputs ? '(group * uniforms.outGroup + n) / 4' : `group * uniforms.outGroup + n + ${lane.slice(1, -1)}`}];` : ''}
    ${residual ? `v = v + residual[${at}];` : ''}
    result[${at}] = ${ends(zero)[activation]};`;
  return `  ${transposed ? 'let t = q * uniforms.stride + phase - uniforms.padLeft;' : 'let t = q;'}
  if (b >= uniforms.batch || t < 0 || t >= uniforms.outTime || q >= uniforms.positions || n >= uniforms.outGroup) { return; }
  let at = (b * uniforms.outTime + t) * (uniforms.outGroup * uniforms.groups) + group * uniforms.outGroup + n;
  ${
    wholeOutputs
      ? write('at / 4', 'vec4<f32>(0.0)')
      : range(4)
          .map(
            (lane) =>
              `if (n + ${lane} < uniforms.outGroup) { ${write(`at + ${lane}`, '0.0', `[${lane}]`)} }`,
          )
          .join('\n  ')
  }`;
}
