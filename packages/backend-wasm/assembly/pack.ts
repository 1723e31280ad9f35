import { loadPart, multiplyAdd } from './lanes';

/**
 * Brings a filter into the order in which products read it: for each group, pass and plane, panels of eight
 * output channels, `[plane][panel][part][inChannel][8]`, or for the direct way `[panel][tap][inChannel][8]`.
 * Winograd's planes are sums over the taps of a pass, by a matrix. Channels are filled up with zeros.
 *
 * Value `(tap, part, inChannel, phase, outChannel)` of group `g` stands at `base + tap · tapStep +
 * part · partStep + inChannel · inStep + phase · phaseStep + outChannel · outStep + g · groupStep` of the
 * source, counted in values, taps through all passes. It is part of the kernel where `0 <= first +
 * tap · tapHop + part + phase < kernel`, and 0 elsewhere (phases and parts have unequal numbers of taps).
 */
@unmanaged
export class PackJob {
  source: usize;
  target: usize;
  /** `[planes][taps]`, or 0: each tap is a plane. */
  matrix: usize;
  planes: i32;
  /** Of a pass. */
  taps: i32;
  passes: i32;
  parts: i32;
  groups: i32;
  inChannels: i32;
  outChannels: i32;
  phases: i32;
  panels: i32;
  base: i32;
  tapStep: i32;
  partStep: i32;
  inStep: i32;
  phaseStep: i32;
  outStep: i32;
  groupStep: i32;
  first: i32;
  tapHop: i32;
  kernel: i32;
}

/**
 * Bytes from one of Winograd's planes to the next. Some lines more than its values take, because planes whose
 * distance is a power of two share few sets of the caches.
 */
export function filterPlaneBytes(panels: i32, vectors: i32): usize {
  return <usize>(panels * vectors) * 128 + 576;
}

/** One panel of one group. */
export function packItem(job: PackJob, item: i32, scratch: usize): void {
  const group = item / job.panels;
  const panel = item % job.panels;
  const vectors = (job.inChannels + 3) >> 2;
  const direct = job.matrix == 0;
  const panelBytes = <usize>(vectors * job.parts) * 128;
  const planeStep = direct ? panelBytes : filterPlaneBytes(job.panels, vectors * job.parts);
  const passBytes = direct
    ? panelBytes * <usize>(job.panels * job.planes)
    : planeStep * <usize>job.planes;
  const target =
    job.target +
    passBytes * <usize>(job.passes * group) +
    panelBytes * <usize>(direct ? panel * job.planes : panel);
  for (let pass = 0; pass < job.passes; pass++) {
    let to = target + passBytes * <usize>pass;
    for (let part = 0; part < job.parts; part++) {
      for (let vector = 0; vector < vectors; vector++) {
        gather(job, group, panel, pass, part, vector * 4, scratch);
        if (direct) copyTaps(scratch, job.taps, to, planeStep);
        else combineTaps(scratch, job.taps, job.matrix, job.planes, to, planeStep);
        to += 128;
      }
    }
  }
}

function copyTaps(from: usize, taps: i32, to: usize, planeStep: usize): void {
  for (let tap = 0; tap < taps; tap++) {
    memory.copy(to, from, 128);
    from += 128;
    to += planeStep;
  }
}

/** The planes of four input channels. */
function combineTaps(
  from: usize,
  taps: i32,
  matrix: usize,
  planes: i32,
  to: usize,
  planeStep: usize,
): void {
  for (let plane = 0; plane < planes; plane++) {
    for (let half: usize = 0; half < 128; half += 64) {
      let s0 = f32x4.splat(0);
      let s1 = s0;
      let s2 = s0;
      let s3 = s0;
      let tap = from + half;
      for (let i: usize = 0; i < <usize>taps; i++) {
        const factor = v128.load32_splat(matrix + i * 4);
        s0 = multiplyAdd(factor, v128.load(tap), s0);
        s1 = multiplyAdd(factor, v128.load(tap, 16), s1);
        s2 = multiplyAdd(factor, v128.load(tap, 32), s2);
        s3 = multiplyAdd(factor, v128.load(tap, 48), s3);
        tap += 128;
      }
      v128.store(to + half, s0);
      v128.store(to + half, s1, 16);
      v128.store(to + half, s2, 32);
      v128.store(to + half, s3, 48);
    }
    matrix += <usize>taps * 4;
    to += planeStep;
  }
}

/** The taps of four input channels and eight output channels, `[tap][4][8]`. */
function gather(
  job: PackJob,
  group: i32,
  panel: i32,
  pass: i32,
  part: i32,
  channel: i32,
  to: usize,
): void {
  const column = panel * 8;
  const columns = min(8, job.outChannels * job.phases - column);
  const rows = min(4, job.inChannels - channel);
  const side = job.base + part * job.partStep + channel * job.inStep + group * job.groupStep;
  const zero = f32x4.splat(0);
  for (let i = 0; i < job.taps; i++) {
    const tap = pass * job.taps + i;
    const kernelTap = job.first + tap * job.tapHop + part;
    const from = job.source + <usize>(side + tap * job.tapStep) * 4;
    for (let at: usize = 0; at < 128; at += 16) v128.store(to + at, zero);
    if (job.outStep == 1 && job.phases == 1) {
      if (kernelTap >= 0 && kernelTap < job.kernel) {
        gatherRows(from + <usize>column * 4, <usize>job.inStep * 4, rows, columns, to);
      }
    } else {
      gatherColumns(job, from, kernelTap, column, columns, rows, to);
    }
    to += 128;
  }
}

/** Where output channels lie side by side. */
function gatherRows(from: usize, step: usize, rows: i32, columns: i32, to: usize): void {
  for (let row = 0; row < rows; row++) {
    v128.store(to, loadPart(from, columns));
    if (columns > 4) v128.store(to, loadPart(from + 16, columns - 4), 16);
    from += step;
    to += 32;
  }
}

/** Where input channels do. */
function gatherColumns(
  job: PackJob,
  from: usize,
  kernelTap: i32,
  column: i32,
  columns: i32,
  rows: i32,
  to: usize,
): void {
  let phase = column / job.outChannels;
  let channel = column % job.outChannels;
  for (let lane = 0; lane < columns; lane++) {
    const at = kernelTap + phase;
    if (at >= 0 && at < job.kernel) {
      const offset = phase * job.phaseStep + channel * job.outStep;
      const values = loadPart(from + <usize>(offset * 4), rows);
      const cell = to + <usize>lane * 4;
      store<f32>(cell, f32x4.extract_lane(values, 0));
      store<f32>(cell, f32x4.extract_lane(values, 1), 32);
      store<f32>(cell, f32x4.extract_lane(values, 2), 64);
      store<f32>(cell, f32x4.extract_lane(values, 3), 96);
    }
    channel++;
    if (channel == job.outChannels) {
      channel = 0;
      phase++;
    }
  }
}
