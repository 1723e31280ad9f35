import type { HifiGanConfig } from '@hifigan/config';
import type { Context } from '../context.js';
import { counted } from '../terminal/format.js';

/** Says where more clips may go at a time than a batch has. */
export function tellWholeBatch(
  { console }: Context,
  { batch_size: batch }: Pick<HifiGanConfig, 'batch_size'>,
  { microBatch }: { readonly microBatch?: number | 'auto' },
): void {
  if (typeof microBatch !== 'number' || microBatch <= batch) return;
  console.warn(
    `--micro-batch ${microBatch}: the batch has ${counted(batch, 'clip')} (batch_size), which go all at a time`,
  );
}
