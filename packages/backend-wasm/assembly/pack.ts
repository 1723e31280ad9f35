import { loadPart } from './lanes';

/**
 * Brings a filter into the order in which products read it: for each group and plane, panels of eight
 * output channels, `[plane][panel][inChannel][8]`, or for the direct way `[panel][tap][inChannel][8]`.
 * Winograd's planes are sums over the taps, by a matrix. Channels are filled up with zeros.
 *
 * Value `(tap, inChannel, phase, outChannel)` of group `g` stands at
 * `base + tap · tapStep + inChannel · inStep + phase · phaseStep + outChannel · outStep + g · groupStep` of
 * the source, counted in values. It is part of the kernel where `0 <= first + tap · tapHop + phase <
 * kernel`, and 0 elsewhere (a transposed convolution's phases have unequal numbers of taps).
 */
@unmanaged
export class PackJob {
  source: usize;
  target: usize;
  /** `[planes][taps]`, or 0: each tap is a plane. */
  matrix: usize;
  planes: i32;
  taps: i32;
  groups: i32;
  inChannels: i32;
  outChannels: i32;
  phases: i32;
  panels: i32;
  base: i32;
  tapStep: i32;
  inStep: i32;
  phaseStep: i32;
  outStep: i32;
  groupStep: i32;
  first: i32;
  tapHop: i32;
  kernel: i32;
}

/** One panel of one group. */
export function packItem(job: PackJob, item: i32, scratch: usize): void {
  const group = item / job.panels;
  const panel = item % job.panels;
  const taps = job.taps;
  const planes = job.planes;
  const rows = (job.inChannels + 3) & ~3;
  const direct = job.matrix == 0;
  const panelBytes = <usize>rows * 32;
  const planeStep = direct ? panelBytes : panelBytes * <usize>job.panels;
  const groupBytes = panelBytes * <usize>(job.panels * planes);
  let to =
    job.target + groupBytes * <usize>group + panelBytes * <usize>(direct ? panel * planes : panel);
  for (let row = 0; row < rows; row++) {
    gather(job, group, panel, row, scratch);
    let plane = to;
    if (direct) {
      for (let tap: usize = 0; tap < <usize>taps; tap++) {
        v128.store(plane, v128.load(scratch + tap * 32));
        v128.store(plane, v128.load(scratch + tap * 32 + 16), 16);
        plane += planeStep;
      }
    } else {
      let weight = job.matrix;
      for (let p = 0; p < planes; p++) {
        let low = f32x4.splat(0);
        let high = low;
        for (let tap: usize = 0; tap < <usize>taps; tap++) {
          const factor = v128.load32_splat(weight);
          low = f32x4.add(low, f32x4.mul(factor, v128.load(scratch + tap * 32)));
          high = f32x4.add(high, f32x4.mul(factor, v128.load(scratch + tap * 32 + 16)));
          weight += 4;
        }
        v128.store(plane, low);
        v128.store(plane, high, 16);
        plane += planeStep;
      }
    }
    to += 32;
  }
}

/** The taps of one input channel and eight output channels, `[tap][8]`. */
function gather(job: PackJob, group: i32, panel: i32, row: i32, to: usize): void {
  const width = job.outChannels * job.phases;
  const zero = f32x4.splat(0);
  for (let tap = 0; tap < job.taps; tap++) {
    v128.store(to, zero);
    v128.store(to, zero, 16);
    if (row < job.inChannels) {
      const from = job.base + tap * job.tapStep + row * job.inStep + group * job.groupStep;
      const kernelTap = job.first + tap * job.tapHop;
      const column = panel * 8;
      if (job.phases == 1 && job.outStep == 1) {
        if (kernelTap >= 0 && kernelTap < job.kernel) {
          const source = job.source + <usize>(from + column) * 4;
          v128.store(to, loadPart(source, width - column));
          if (width - column > 4) v128.store(to, loadPart(source + 16, width - column - 4), 16);
        }
      } else {
        for (let lane = 0; lane < min(8, width - column); lane++) {
          const phase = (column + lane) / job.outChannels;
          const channel = (column + lane) % job.outChannels;
          const at = kernelTap + phase;
          if (at < 0 || at >= job.kernel) continue;
          const index = from + phase * job.phaseStep + channel * job.outStep;
          store<f32>(to + <usize>lane * 4, load<f32>(job.source + <usize>index * 4));
        }
      }
    }
    to += 32;
  }
}
