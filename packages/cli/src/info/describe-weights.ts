import { passedOverWords, shownName } from '@hifigan/checkpoint';
import { isTrained, stepsDone } from '../model/steps-done.js';
import { weightsKind } from '../model/weights-kind.js';
import { counted } from '../terminal/format.js';
import type { ListedWeights } from './list-weights.js';

/**
 * What a set of arrays is, by the names in it.
 *
 * @param name of the file
 */
export function describeWeights(
  { arrays, metadata, types, notFinite, classes }: ListedWeights,
  name: string,
): { facts: Record<string, unknown>; shown: (readonly [string, string])[] } {
  const names = [...arrays.keys()];
  const values = [...arrays.values()].reduce(
    (sum, { shape }) => sum + shape.reduce((product, length) => product * length, 1),
    0,
  );
  const network = weightsKind(names, metadata);
  const weightNorm = names.some((key) =>
    /\.(weight_g|parametrizations\.weight\.original0)$/.test(key),
  );
  const spelling = weightNorm ? weightNormSpelling(names) : undefined;
  const trained = isTrained(metadata, name);
  const done = stepsDone(metadata, name);
  return {
    facts: {
      network,
      ...(done !== undefined && { steps: done }),
      arrays: names.length,
      values,
      types,
      weightNorm,
      ...(spelling && { weightNormAs: spelling }),
      notFinite,
      ...(classes.length > 0 && { classes }),
      metadata,
    },
    shown: [
      [
        'network',
        network === 'generator'
          ? `generator, weight norm ${spelling ? `apart (${spelling})` : 'multiplied out'}`
          : (WORDS[network] ?? network),
      ],
      [
        'arrays',
        `${names.length}, ${counted(values, 'value')}${types.length > 0 ? `, ${types.join(' and ')}` : ''}`,
      ],
      ...(notFinite.length > 0
        ? [['not finite', notFinite.map(shownName).join(', ')] as const]
        : []),
      ...(classes.length > 0 ? [['objects', passedOverWords(classes)] as const] : []),
      ...Object.entries(metadata).map(
        ([key, value]) =>
          // Out of the file: what it holds may be meant for the terminal.
          [
            shownName(key),
            key === 'steps' && trained ? steps(value) : shownName(shortened(value)),
          ] as const,
      ),
    ],
  };
}

/** How PyTorch spelled it: both spellings mean the same. */
function weightNormSpelling(names: readonly string[]): string {
  return names.some((name) => name.endsWith('.weight_g'))
    ? 'weight_g, weight_v'
    : 'parametrizations';
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
