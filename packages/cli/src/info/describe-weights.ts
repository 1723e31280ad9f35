import type { NamedArrays } from '@hifigan/checkpoint';
import { isTrained, stepsDone } from '../model/steps-done.js';
import { weightsKind } from '../model/weights-kind.js';
import { counted } from '../terminal/format.js';

/**
 * What a set of arrays is, by the names in it.
 *
 * @param name of the file
 */
export function describeWeights(
  arrays: NamedArrays,
  metadata: Readonly<Record<string, string>>,
  name: string,
): { facts: Record<string, unknown>; shown: (readonly [string, string])[] } {
  const names = [...arrays.keys()];
  const values = [...arrays.values()].reduce((sum, { data }) => sum + data.length, 0);
  const network = weightsKind(names, metadata);
  const weightNorm = names.some((key) =>
    /\.(weight_g|parametrizations\.weight\.original0)$/.test(key),
  );
  const broken = [...arrays].filter(([, { data }]) => {
    if (data instanceof BigInt64Array) return false;
    for (let i = 0; i < data.length; i++) if (!Number.isFinite(data[i])) return true;
    return false;
  });
  const trained = isTrained(metadata, name);
  const done = stepsDone(metadata, name);
  return {
    facts: {
      network,
      ...(done !== undefined && { steps: done }),
      arrays: names.length,
      values,
      weightNorm,
      notFinite: broken.map(([name]) => name),
      metadata,
    },
    shown: [
      [
        'network',
        network === 'generator'
          ? `generator, weight norm ${weightNorm ? 'apart' : 'multiplied out'}`
          : (WORDS[network] ?? network),
      ],
      ['arrays', `${names.length}, ${counted(values, 'value')}`],
      ...(broken.length > 0
        ? [['not finite', broken.map(([name]) => name).join(', ')] as const]
        : []),
      ...Object.entries(metadata).map(
        ([key, value]) =>
          [key, key === 'steps' && trained ? steps(value) : shortened(value)] as const,
      ),
    ],
  };
}

const WORDS: Readonly<Record<string, string>> = {
  'training state':
    'none: optimizers and, once they have joined, discriminators; the generator is in the g_… file',
};

/** The file counts as the reference does, people count what was done. */
function steps(index: string): string {
  return `${Number(index) + 1} done, the last is number ${index}`;
}

function shortened(text: string): string {
  return text.length > 100 ? `${text.slice(0, 97)}...` : text;
}
