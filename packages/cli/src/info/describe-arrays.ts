import { openNpz } from '@hifigan/checkpoint';
import type { Context } from '../context.js';
import type { InputFile } from '../files/input-file.js';
import { counted } from '../terminal/format.js';
import { statisticsOf } from './array-statistics.js';
import type { Description } from './describe.js';

/** Names that are shown of a file of many. */
const MOST = 20;

interface ListedArray {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: string;
  readonly notFinite: number;
}

/** An `.npz` file of any size: its arrays by name. */
export async function describeArrays(
  context: Context,
  file: InputFile,
): Promise<Description | undefined> {
  if (file.found?.kind !== 'npz') return undefined;
  const arrays: ListedArray[] = [];
  for await (const [name, array] of openNpz(file, file.typed)) {
    const { type, nan, infinite } = await statisticsOf(context, array);
    const { shape } = array;
    arrays.push({ name, shape, type: type.replace(/^big/, ''), notFinite: nan + infinite });
  }
  return {
    kind: 'arrays',
    facts: { arrays },
    shown: [
      ['arrays', counted(arrays.length, 'array')],
      ...arrays.slice(0, MOST).map(({ name, shape, type, notFinite }) => {
        const spoilt = notFinite > 0 ? `, ${notFinite} of its values not finite` : '';
        return [name, `[${shape.join(', ')}], ${type}${spoilt}`] as const;
      }),
      ...(arrays.length > MOST ? [['…', `and ${arrays.length - MOST} more`] as const] : []),
    ],
  };
}
