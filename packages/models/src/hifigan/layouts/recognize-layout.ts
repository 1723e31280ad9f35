import { layouts } from './index.js';
import type { Layout, Module } from './layout.js';

/** A generator by its arrays alone. */
export interface RecognizedLayout<Array> {
  readonly layout: Layout;
  /** What stands before the names of the generator. */
  readonly prefix: string;
  /** The generator's arrays by upstream's names. */
  readonly arrays: ReadonlyMap<string, Array>;
}

/**
 * Finds a generator among arrays by their names, whichever program they are of and whatever lies around it; needs no
 * configuration. Time and memory grow with the number of arrays alone: of what looks like more generators than
 * {@link MOST_PREFIXES}, the first are looked at.
 *
 * @param arrays by the names in the file
 * @returns undefined where there is none, or there are more arrays than any model has (32,768)
 */
export function recognizeLayout<Array>(
  arrays: ReadonlyMap<string, Array>,
): RecognizedLayout<Array> | undefined {
  if (arrays.size > MOST_ARRAYS) return undefined;
  const names = [...arrays.keys()];
  let best: RecognizedLayout<Array> | undefined;
  for (const layout of Object.values(layouts)) {
    for (const prefix of prefixesIn(names, layout)) {
      const found = placedIn(arrays, layout, prefix);
      const isWhole = [...found.keys()].some((name) => name.startsWith('conv_post.'));
      if (isWhole && found.size > (best?.arrays.size ?? 0))
        best = { layout, prefix, arrays: found };
    }
  }
  return best;
}

/** A generator has some hundreds, a training some thousands; of more none is looked at. */
const MOST_ARRAYS = 2 ** 15;
/** A model with its moving averages, and several of them in one file, have some. */
const MOST_PREFIXES = 16;

const WEIGHT = String.raw`\.(?:weight|weight_v|parametrizations\.weight\.original1)$`;

/** Whatever stands before the first convolution. */
function prefixesIn(names: readonly string[], { modules }: Layout): ReadonlySet<string> {
  const first = new RegExp(
    `^(|.*\\.)(?:${(modules.conv_pre ?? []).map(escaped).join('|')})${WEIGHT}`,
  );
  const prefixes = new Set<string>();
  for (const name of names) {
    const prefix = first.exec(name)?.[1];
    if (prefix !== undefined) prefixes.add(prefix);
    if (prefixes.size === MOST_PREFIXES) break;
  }
  return prefixes;
}

function placedIn<Array>(
  arrays: ReadonlyMap<string, Array>,
  { modules }: Layout,
  prefix: string,
): Map<string, Array> {
  const own = [...arrays].filter(([name]) => name.startsWith(prefix));
  const templates = Object.entries(modules).flatMap(([module, spellings]) =>
    spellings.map((template) => ({ module: module as Module, pattern: patternOf(template) })),
  );
  const matches = own.flatMap(([name, array]) => {
    const rest = name.slice(prefix.length);
    return templates.flatMap(({ module, pattern }) => {
      const groups = pattern.exec(rest);
      if (!groups) return [];
      return [{ module, array, indices: groups.groups ?? {}, suffix: groups.at(-1)! }];
    });
  });
  // Not spread into one call: there may be more than arguments can be.
  const last = matches.reduce(
    (most, { indices }) => Math.max(most, Number(indices.kernel ?? 0)),
    0,
  );
  const kernels = 1 + last;
  // Where both kinds of blocks have one name, that of the second is the first's without additional convolutions.
  const isFirst = matches.some(({ module }) => module === 'convs2');
  const placed = new Map<string, Array>();
  for (const { module, array, indices, suffix } of matches) {
    if (module === (isFirst ? 'convs' : 'convs1')) continue;
    placed.set(nameOf(module, indices, kernels) + suffix, array);
  }
  return placed;
}

function nameOf(
  module: Module,
  { stage, kernel, block, i }: Readonly<Record<string, string>>,
  kernels: number,
): string {
  if (module === 'conv_pre' || module === 'conv_post') return module;
  if (module === 'ups') return `ups.${stage}`;
  const number = block ?? String(Number(stage) * kernels + Number(kernel));
  return `resblocks.${number}.${module}.${i}`;
}

/** `ups.{stage}` and what follows it, in groups. */
function patternOf(template: string): RegExp {
  const parts = template
    .split(/\{(\w+)\}/)
    .map((part, at) => (at % 2 === 1 ? `(?<${part}>\\d+)` : escaped(part)));
  return new RegExp(
    `^${parts.join('')}(\\.(?:weight|bias|weight_[gv]|parametrizations\\.weight\\.original[01]))$`,
  );
}

function escaped(text: string): string {
  return text.replace(/[.]/g, '\\.');
}
