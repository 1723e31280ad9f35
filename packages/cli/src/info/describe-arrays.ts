import { melProfiles } from '@hifigan/audio';
import { openNpz, openNpzArrays, shownName } from '@hifigan/checkpoint';
import type { Context } from '../context.js';
import type { InputFile } from '../files/input-file.js';
import { melOfNpz } from '../files/npz-advice.js';
import { counted } from '../terminal/format.js';
import { statisticsOf } from './array-statistics.js';
import type { Description } from './describe.js';
import { describeForeignFile } from './describe-foreign.js';
import { describeInferred } from './describe-inferred.js';

/** Names that are shown of a file of many. */
const MOST = 20;

interface ListedArray {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: string;
  readonly notFinite: number;
}

/** Floating-point values on two axes, one of which has as many bands as mels have. */
function isMel({ shape, type }: ListedArray): boolean {
  const axes = shape.length === 3 && shape[0] === 1 ? shape.slice(1) : shape;
  return (
    type.startsWith('float') &&
    axes.length === 2 &&
    axes.some((length) => melProfiles.some(({ profile }) => profile.mels === length))
  );
}

/** An `.npz` file of any size: its arrays by name. */
export async function describeArrays(
  context: Context,
  file: InputFile,
): Promise<Description | undefined> {
  if (file.found?.kind !== 'npz') return undefined;
  const { typed } = file;
  const { arrays: unread, others } = await openNpzArrays(file, typed);
  const inferred = describeInferred(unread, typed);
  // Before the statistics of any values, which what describes a model has no use for.
  const whole = inferred && (await describeForeignFile(context, file));
  if (whole) return whole;
  const arrays: ListedArray[] = [];
  const other = () => undefined;
  for await (const [name, array] of openNpz(file, typed, { other })) {
    const { type, nan, infinite } = await statisticsOf(context, array);
    const { shape } = array;
    arrays.push({ name, shape, type: type.replace(/^big/, ''), notFinite: nan + infinite });
  }
  const mel = arrays.find((one) => isMel(one));
  const next = inferred
    ? inferred.next
    : mel && `may be a mel: save it alone, in Python: ${melOfNpz(typed, mel.name)}`;
  const types = [...others].map(([name, { type }]) => [name, type] as const);
  return {
    kind: 'arrays',
    ...(inferred && { generator: inferred.config }),
    facts: {
      arrays,
      ...(others.size > 0 && { others: Object.fromEntries(types) }),
      ...inferred?.facts,
      ...(next !== undefined && { next }),
    },
    shown: [
      ['arrays', counted(arrays.length, 'array')],
      ...(others.size > 0
        ? [
            [
              'not read',
              types
                .map(([name, type]) => `${shownName(name)} (${shownName(type)})`)
                .slice(0, MOST)
                .join(', '),
            ] as const,
          ]
        : []),
      ...(inferred?.shown ?? []).filter(([key]) => key !== 'next'),
      ...(next === undefined ? [] : [['next', next] as const]),
      ...arrays.slice(0, MOST).map(({ name, shape, type, notFinite }) => {
        const spoilt = notFinite > 0 ? `, ${notFinite} of its values not finite` : '';
        return [shownName(name), `[${shape.join(', ')}], ${type}${spoilt}`] as const;
      }),
      ...(arrays.length > MOST ? [['…', `and ${arrays.length - MOST} more`] as const] : []),
    ],
  };
}
