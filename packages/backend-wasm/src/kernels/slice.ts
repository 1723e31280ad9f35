import { Slice, type SliceAttrs, type SliceInputs, slice_util } from '@tensorflow/tfjs-core';
import { kernel } from '../kernel.js';
import { copyRuns } from './copy-runs.js';
import { hasWords, sizeOf } from './shapes.js';

/** A part of a tensor; at most two of its axes are cut, else the fallback computes. */
export const slice = kernel<SliceInputs, SliceAttrs>({
  name: Slice,
  accepts: ({ x }, { begin, size }) => {
    if (!hasWords(x)) return false;
    const [, sizes] = slice_util.parseSliceParams(x, begin, size);
    return cutAxes(x.shape, sizes).length <= 2;
  },
  compute: (context, { x }, { begin, size }) => {
    const [begins, sizes] = slice_util.parseSliceParams(x, begin, size);
    slice_util.assertParamsValid(x, begins, sizes);
    const cut = cutAxes(x.shape, sizes);
    if (cut.length === 0) return context.share(x, sizes);
    const { info, pointer } = context.makeOutput(sizes, x.dtype);
    const length = sizeOf(sizes);
    if (length === 0) return info;
    // All before the first cut axis repeats, all behind the last one is copied in one go.
    const first = cut[0]!;
    const last = cut[cut.length - 1]!;
    const behind = sizeOf(x.shape, last + 1);
    const run = behind * sizes[last]!;
    const row = behind * x.shape[last]!;
    const between = last === first ? 1 : sizeOf(x.shape, first + 1, last);
    const source = context.pointerOf(x);
    const firsts = last === first ? 1 : sizes[first]!;
    const skipped = begins[last]! * behind + (last === first ? 0 : begins[first]! * between * row);
    const whole = last === first ? row : x.shape[first]! * between * row;
    const outer = sizeOf(x.shape, 0, first);
    for (let index = 0; index < outer; index++) {
      copyRuns(context.heap, {
        from: source + 4 * (index * whole + skipped),
        to: pointer + 4 * index * firsts * between * run,
        fromStep: row,
        toStep: run,
        length: run,
        count: firsts * between,
      });
    }
    return info;
  },
});

function cutAxes(shape: readonly number[], sizes: readonly number[]): number[] {
  return shape.flatMap((length, axis) => (sizes[axis] === length ? [] : [axis]));
}
