import { MirrorPad, type MirrorPadAttrs, type MirrorPadInputs } from '@tensorflow/tfjs-core';
import { ITEM_VALUES, MIRROR } from '../elementwise-codes.js';
import { kernel } from '../kernel.js';
import { hasWords, sizeOf } from './shapes.js';

/** Mirrors both ends of one axis. */
export const mirrorPad = kernel<MirrorPadInputs, MirrorPadAttrs>({
  name: MirrorPad,
  accepts: ({ x }, { paddings }) =>
    hasWords(x) && sizeOf(x.shape) > 0 && paddedAxes(paddings).length <= 1,
  compute: (context, { x }, { paddings, mode }) => {
    const [axis] = paddedAxes(paddings);
    if (axis === undefined) return context.share(x, x.shape);
    const [before, after] = paddings[axis];
    const time = x.shape[axis];
    const width = before + time + after;
    const outer = sizeOf(x.shape, 0, axis);
    const inner = sizeOf(x.shape, axis + 1);
    const from = context.pointerOf(x);
    const { info, pointer } = context.makeOutput(x.shape.with(axis, width), x.dtype);
    const stepsOfItem = Math.max(1, Math.floor(ITEM_VALUES / inner));
    const repeated = mode === 'symmetric' ? 1 : 0;
    const job = context
      .job()
      .integers(from, pointer, outer, time, inner, before, after, repeated, stepsOfItem);
    context.runtime.parallel(MIRROR, job.address, Math.ceil((outer * width) / stepsOfItem), 0);
    return info;
  },
});

function paddedAxes(paddings: MirrorPadAttrs['paddings']): number[] {
  return paddings.flatMap(([before, after], axis) => (before + after > 0 ? [axis] : []));
}
