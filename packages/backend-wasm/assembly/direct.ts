import { ConvolutionJob } from './convolution-job';
import { finishRows } from './ending';
import { roundUp } from './lanes';
import { PANEL, product } from './product';
import { stageRows } from './staging';

/** One block of rows of one group, tap by tap; any stride, dilation and number of taps. */
export function directItem(job: ConvolutionJob, item: i32, scratch: usize): void {
  const stride = job.stride;
  const foursOfSignal = (job.steps + 3) >> 2;
  const group = item / job.blocks;
  const first = (item % job.blocks) * job.blockSize;
  const count = min(job.blockSize, job.batch * foursOfSignal - first);

  const vectors = (job.inChannels + 3) >> 2;
  const outWidth = roundUp(job.outChannels * job.phases, PANEL);
  const cStep = <usize>outWidth * 4;
  // Rows beyond those of a step's first tap, of each of the `stride` interleaved parts of the signal.
  const halo = ((job.taps - 1) * job.dilation) / stride;
  // A block begins in one signal and may go on through others: at most this many rows each part.
  const signals = (count + foursOfSignal - 1) / foursOfSignal + 1;
  const partRows = (count * 4 + signals * halo) | 1;
  const vectorStep = <usize>(partRows * stride) * 16;

  const rowTable = scratch;
  const segmentTable = rowTable + <usize>roundUp(count, 16) * 4;
  const c = segmentTable + <usize>roundUp(job.taps, 16) * 4;
  const staged = c + cStep * <usize>(count * 4);

  for (let tap = 0; tap < job.taps; tap++) {
    const reach = tap * job.dilation;
    const row = (reach % stride) * partRows + reach / stride;
    store<u32>(segmentTable + <usize>tap * 4, <u32>(row * 16));
  }
  let done = 0;
  let stagedRows = 0;
  while (done < count) {
    const signal = (first + done) / foursOfSignal;
    const begin = (first + done) % foursOfSignal;
    const run = min(count - done, foursOfSignal - begin);
    for (let part = 0; part < stride; part++) {
      stageRows(
        job,
        group,
        signal,
        begin * 4 * stride + part - job.pad,
        stride,
        run * 4 + halo,
        staged + <usize>(part * partRows + stagedRows) * 16,
        vectorStep,
      );
    }
    for (let four = 0; four < run; four++) {
      store<u32>(rowTable + <usize>(done + four) * 4, <u32>((stagedRows + four * 4) * 16));
    }
    stagedRows += run * 4 + halo;
    done += run;
  }

  const panels = outWidth / PANEL;
  const filter = job.filter + <usize>(group * panels) * <usize>(job.taps * vectors) * 128;
  product(staged, rowTable, count, segmentTable, job.taps, vectors, vectorStep, filter, panels, c, cStep, false);

  done = 0;
  while (done < count) {
    const signal = (first + done) / foursOfSignal;
    const begin = (first + done) % foursOfSignal;
    const run = min(count - done, foursOfSignal - begin);
    const rows = min(run * 4, job.steps - begin * 4);
    finishRows(job, group, signal, begin * 4, 1, rows, c + cStep * <usize>(done * 4), cStep);
    done += run;
  }
}
