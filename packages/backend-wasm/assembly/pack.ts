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

/** One panel of one group. */
export function packItem(job: PackJob, item: i32, scratch: usize): void {
  const group = item / job.panels;
  const panel = item % job.panels;
  const taps = job.taps;
  const planes = job.planes;
  const filled = (job.inChannels + 3) & ~3;
  const direct = job.matrix == 0;
  const panelBytes = <usize>(filled * job.parts) * 32;
  const planeStep = direct ? panelBytes : panelBytes * <usize>job.panels;
  const passBytes = panelBytes * <usize>(job.panels * planes);
  const groupBytes = passBytes * <usize>job.passes;
  const target =
    job.target + groupBytes * <usize>group + panelBytes * <usize>(direct ? panel * planes : panel);
  for (let pass = 0; pass < job.passes; pass++) {
    let to = target + passBytes * <usize>pass;
    for (let part = 0; part < job.parts; part++) {
      for (let channel = 0; channel < filled; channel++) {
        gather(job, group, panel, pass, part, channel, scratch);
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
              low = multiplyAdd(factor, v128.load(scratch + tap * 32), low);
              high = multiplyAdd(factor, v128.load(scratch + tap * 32 + 16), high);
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
  }
}

/** The taps of one input channel and eight output channels, `[tap][8]`. */
function gather(
  job: PackJob,
  group: i32,
  panel: i32,
  pass: i32,
  part: i32,
  channel: i32,
  to: usize,
): void {
  const width = job.outChannels * job.phases;
  const column = panel * 8;
  const columns = width - column;
  const zero = f32x4.splat(0);
  const side = job.base + part * job.partStep + channel * job.inStep + group * job.groupStep;
  for (let i = 0; i < job.taps; i++) {
    v128.store(to, zero);
    v128.store(to, zero, 16);
    if (channel < job.inChannels) {
      const tap = pass * job.taps + i;
      const from = side + tap * job.tapStep;
      const kernelTap = job.first + tap * job.tapHop + part;
      if (job.phases == 1 && job.outStep == 1) {
        if (kernelTap >= 0 && kernelTap < job.kernel) {
          const source = job.source + <usize>(from + column) * 4;
          v128.store(to, loadPart(source, columns));
          if (columns > 4) v128.store(to, loadPart(source + 16, columns - 4), 16);
        }
      } else {
        for (let lane = 0; lane < min(8, columns); lane++) {
          const phase = (column + lane) / job.outChannels;
          const at = kernelTap + phase;
          if (at < 0 || at >= job.kernel) continue;
          const outChannel = (column + lane) % job.outChannels;
          const index = from + phase * job.phaseStep + outChannel * job.outStep;
          store<f32>(to + <usize>lane * 4, load<f32>(job.source + <usize>index * 4));
        }
      }
    }
    to += 32;
  }
}
