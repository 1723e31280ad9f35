import { PadV2, type PadV2Attrs, type PadV2Inputs } from '@tensorflow/tfjs-core';
import { ITEM_VALUES, PAD } from '../elementwise-codes.js';
import { kernel } from '../kernel.js';
import { hasWords, sizeOf } from './shapes.js';

interface PaddedAxis {
  readonly length: number;
  readonly before: number;
  readonly after: number;
}

/** A value around others. */
export const pad = kernel<PadV2Inputs, PadV2Attrs>({
  name: PadV2,
  accepts: ({ x }) => hasWords(x) && sizeOf(x.shape) > 0,
  compute: (context, { x }, { paddings, constantValue }) => {
    const axes = x.shape.map((length, axis) => {
      const [before, after] = paddings[axis];
      return { length, before, after };
    });
    const [inner = { length: 1, before: 0, after: 0 }, ...outer] = joined(axes);
    const from = context.pointerOf(x);
    const { info, pointer } = context.makeOutput(axes.map(widthOf), x.dtype);
    const width = widthOf(inner);
    const rows = outer.reduce((count, axis) => count * widthOf(axis), 1);
    const rowsOfItem = Math.max(1, Math.floor(ITEM_VALUES / width));
    const job = context.job().integers(from, pointer);
    if (x.dtype === 'float32') job.floats(constantValue);
    else job.integers(constantValue);
    job
      .integers(rows, inner.length, inner.before, inner.after, rowsOfItem, outer.length)
      .integers(...outer.flatMap((axis) => [widthOf(axis), axis.before, axis.length]));
    context.runtime.parallel(PAD, job.address, Math.ceil(rows / rowsOfItem), 0);
    return info;
  },
});

function widthOf({ length, before, after }: PaddedAxis): number {
  return before + length + after;
}

/** The last axis first; one that is not padded joins the one before it. */
function joined(axes: readonly PaddedAxis[]): PaddedAxis[] {
  const found: PaddedAxis[] = [];
  for (const axis of axes.toReversed()) {
    const last = found.at(-1);
    if (last && last.before === 0 && last.after === 0) {
      found[found.length - 1] = {
        length: axis.length * last.length,
        before: axis.before * last.length,
        after: axis.after * last.length,
      };
    } else {
      found.push(axis);
    }
  }
  return found;
}
