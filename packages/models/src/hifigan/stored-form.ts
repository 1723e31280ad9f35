import { type ArraySpec, buffersOf, type LayerSpec, parametersOf } from './layer-spec.js';

/** What is stored of a layer, under which names: the form that is there, or else the network's own. */
export function storedForm(
  layer: LayerSpec,
  arrays: { has(name: string): boolean },
): Map<ArraySpec, string> {
  const forms = FORMS.filter(({ norms }) => norms.includes(layer.norm));
  const own = forms.find(({ norm }) => norm === layer.norm)!;
  const found = forms.find(({ names }) =>
    Object.values(names).some((suffix) => arrays.has(`${layer.name}.${suffix}`)),
  );
  const { norm, names } = found ?? own;
  const stored = { ...layer, norm };
  return new Map(
    [...parametersOf(stored), ...buffersOf(stored)].map((spec) => [
      spec,
      `${layer.name}.${names[spec.role] ?? 'bias'}`,
    ]),
  );
}

interface Form {
  /** The norm whose arrays are stored. */
  readonly norm: LayerSpec['norm'];
  /** The layers that can be made of them. */
  readonly norms: readonly LayerSpec['norm'][];
  readonly names: Readonly<Partial<Record<ArraySpec['role'], string>>>;
}

const FORMS: readonly Form[] = [
  {
    norm: 'weight',
    norms: ['weight', 'none'],
    names: { magnitude: 'weight_g', filter: 'weight_v' },
  },
  {
    norm: 'weight',
    norms: ['weight', 'none'],
    names: {
      magnitude: 'parametrizations.weight.original0',
      filter: 'parametrizations.weight.original1',
    },
  },
  { norm: 'none', norms: ['weight', 'none'], names: { filter: 'weight' } },
  {
    norm: 'spectral',
    norms: ['spectral'],
    names: { filter: 'weight_orig', 'left vector': 'weight_u', 'right vector': 'weight_v' },
  },
  {
    norm: 'spectral',
    norms: ['spectral'],
    names: {
      filter: 'parametrizations.weight.original',
      'left vector': 'parametrizations.weight.0._u',
      'right vector': 'parametrizations.weight.0._v',
    },
  },
];

/** Newer spellings, and those of the reference's PyTorch; the longest first. */
const SPELLINGS = FORMS.flatMap(({ norm, names }) => {
  const own = FORMS.find((form) => form.norm === norm)!.names;
  return (Object.keys(names) as ArraySpec['role'][]).map(
    (role) => [`.${names[role]}`, `.${own[role]}`] as const,
  );
}).filter(([newer, current]) => newer !== current);

/** The name of an array as the reference's PyTorch spells it: `weight_g` for `parametrizations.weight.original0`. */
export function currentSpelling(name: string): string {
  const found = SPELLINGS.find(([newer]) => name.endsWith(newer));
  return found ? name.slice(0, -found[0].length) + found[1] : name;
}
