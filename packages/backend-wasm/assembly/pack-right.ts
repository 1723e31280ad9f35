import { loadPart, roundUp } from './lanes';
import { PANEL } from './product';

/**
 * Brings the right side of a matrix product into the order in which `product` reads it: panels of eight
 * columns, `[matrices][panel][depth][8]`, the depth filled up to a multiple of four with zeros. Value
 * `(matrix, k, column)` stands at `matrix · matrixStep + k · depthStep + column · columnStep`. An item is a
 * panel.
 */
@unmanaged
export class PackRightJob {
  source: usize;
  target: usize;
  depth: i32;
  columns: i32;
  matrixStep: i32;
  depthStep: i32;
  columnStep: i32;
}

export function packRightItem(job: PackRightJob, item: i32): void {
  const depth = job.depth;
  const panels = (job.columns + PANEL - 1) / PANEL;
  const column = (item % panels) * PANEL;
  const columns = min(PANEL, job.columns - column);
  const begin = (item / panels) * job.matrixStep + column * job.columnStep;
  const padded = roundUp(depth, 4);
  let from = job.source + (<usize>begin << 2);
  let to = job.target + (<usize>(item * padded) << 5);
  const columnBytes = <usize>job.columnStep << 2;
  const zero = f32x4.splat(0);
  for (let k = 0; k < padded; k++) {
    v128.store(to, zero);
    v128.store(to, zero, 16);
    if (k < depth) {
      if (job.columnStep == 1) {
        v128.store(to, loadPart(from, columns));
        if (columns > 4) v128.store(to, loadPart(from + 16, columns - 4), 16);
      } else {
        for (let i = 0; i < columns; i++) {
          store<u32>(to + (<usize>i << 2), load<u32>(from + columnBytes * i));
        }
      }
    }
    from += <usize>job.depthStep << 2;
    to += 32;
  }
}
