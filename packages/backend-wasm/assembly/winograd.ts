import {
  allTiles,
  ConvolutionJob,
  firstStep,
  itemOf,
  planesOf,
  restOfStrip,
  rowVectors,
  stepsFrom,
  tileOutputs,
  tileRows,
} from './convolution-job';
import { finishRows } from './ending';
import { roundUp } from './lanes';
import { filterPlaneBytes } from './pack';
import { PANEL, product } from './product';
import { stageParts } from './staging';
import { invertTile, transformTiles } from './tiles';

/** One block of tiles of one group. */
export function winogradItem(job: ConvolutionJob, item: i32, scratch: usize): void {
  const scheme = job.scheme;
  const outputs = tileOutputs(scheme, job.taps);
  const rowsOfTile = tileRows(scheme);
  const planes = planesOf(scheme);
  const dilation = job.dilation;
  const group = item / job.blocks;
  const first = (item % job.blocks) * job.blockSize;
  const count = min(job.blockSize, allTiles(job) - first);

  const inVectors = rowVectors(job);
  const outWidth = roundUp(job.outChannels * job.phases, PANEL);
  const aStep = <usize>(inVectors * 16);
  const cStep = <usize>(outWidth * 4);
  const padded = roundUp(count, 4);
  // Planes whose distance is a power of two would share few sets of the cache.
  const aPlane = aStep * padded + 64;
  const cPlane = cStep * padded + 64;
  const a = (scratch + 63) & ~63;
  const c = a + aPlane * planes;
  const staged = c + cPlane * planes;

  const panels = outWidth / PANEL;
  const filterPlane = filterPlaneBytes(panels, inVectors);
  let filter = job.filter + <usize>(group * job.passes * planes) * filterPlane;
  for (let pass = 0; pass < job.passes; pass++) {
    // Strip by strip: what lies between two tiles of one is staged once.
    let tile = 0;
    while (tile < count) {
      const run = min(count - tile, restOfStrip(job, first + tile));
      const rows = (run - 1) * outputs + rowsOfTile;
      const vectorStep = <usize>((rows | 1) * 16);
      const item = itemOf(job, first + tile);
      const step = firstStep(job, first + tile, outputs);
      stageParts(job, group, item, step, pass, rows, staged, vectorStep);
      transformTiles(
        scheme,
        staged,
        vectorStep,
        outputs,
        run,
        inVectors,
        a,
        tile,
        inVectors * 64,
        64,
        aPlane,
      );
      tile += run;
    }
    for (let plane = 0; plane < planes; plane++) {
      product(
        a + aPlane * plane,
        padded >> 2,
        inVectors * 64,
        inVectors,
        64,
        filter,
        panels,
        c + cPlane * plane,
        cStep,
        pass > 0,
      );
      filter += filterPlane;
    }
  }

  // What was staged is no longer needed.
  const rows = staged;
  let tile = 0;
  while (tile < count) {
    const run = min(count - tile, restOfStrip(job, first + tile));
    const item = itemOf(job, first + tile);
    let step = firstStep(job, first + tile, outputs);
    for (const end = tile + run; tile < end; tile++) {
      const last = stepsFrom(job, step, outputs);
      if (last > 0) {
        invertTile(scheme, outputs, c + cStep * tile, cPlane, outWidth >> 2, rows, cStep);
        finishRows(job, group, item, step, dilation, last, rows, cStep);
      }
      step += outputs * dilation;
    }
  }
}
