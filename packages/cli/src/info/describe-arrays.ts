import { type NamedArray, readNpz } from '@hifigan/checkpoint';
import type { Context } from '../context.js';
import type { InputFile } from '../files/input-file.js';
import { counted } from '../terminal/format.js';
import type { Description } from './describe.js';

/** Names that are shown of a file of many. */
const MOST = 20;

/** An `.npz` file: its arrays by name. */
export async function describeArrays(
  _: Context,
  { found, typed, bytes }: InputFile,
): Promise<Description | undefined> {
  if (found?.kind !== 'npz') return undefined;
  const arrays = [...readNpz(await bytes(), typed)].map(([name, { shape, data }]) => ({
    ...{ name, shape, type: data.constructor.name.replace(/Array$|^Big/g, '').toLowerCase() },
    notFinite: notFiniteIn(data),
  }));
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

function notFiniteIn(data: NamedArray['data']): number {
  let count = 0;
  for (const value of data) if (typeof value === 'number' && !Number.isFinite(value)) count++;
  return count;
}
