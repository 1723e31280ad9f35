import { Cast, type CastAttrs, type CastInputs, type DataType } from '@tensorflow/tfjs-core';
import { CAST, ITEM_VALUES } from '../elementwise-codes.js';
import { kernel } from '../kernel.js';
import { sizeOf } from './shapes.js';

/**
 * To the type that it has already, the same values; to a wider one, new ones. (The fallback would hand on the
 * same values there too, whose bits mean something else in the heap.) Others are converted by the fallback.
 */
export const cast = kernel<CastInputs, CastAttrs>({
  name: Cast,
  accepts: ({ x }, { dtype }) =>
    (x.dtype === dtype && dtype !== 'complex64') || isWider(dtype, x.dtype),
  compute: (context, { x }, { dtype }) => {
    if (x.dtype === dtype) return context.share(x, x.shape);
    const from = context.pointerOf(x);
    const { info, pointer } = context.makeOutput(x.shape, dtype);
    const count = sizeOf(x.shape);
    const bytes = x.dtype === 'bool' ? 1 : 4;
    const job = context.job().integers(from, pointer, count, bytes, Number(dtype === 'float32'));
    context.runtime.parallel(CAST, job.address, Math.ceil(count / ITEM_VALUES), 0);
    return info;
  },
});

function isWider(dtype: DataType, than: DataType): boolean {
  return dtype === 'float32'
    ? than === 'int32' || than === 'bool'
    : dtype === 'int32' && than === 'bool';
}
