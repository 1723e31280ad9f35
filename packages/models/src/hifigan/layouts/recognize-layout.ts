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
 * configuration.
 *
 * @param arrays by the names in the file
 * @returns undefined where there is none
 */
export function recognizeLayout<Array>(
  arrays: ReadonlyMap<string, Array>,
): RecognizedLayout<Array> | undefined {
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

const WEIGHT = String.raw`\.(?:weight|weight_v|parametrizations\.weight\.original1)$`;

/** Whatever stands before the first convolution. */
function prefixesIn(names: readonly string[], { modules }: Layout): ReadonlySet<string> {
  const first = new RegExp(
    `^(|.*\\.)(?:${(modules.conv_pre ?? []).map(escaped).join('|')})${WEIGHT}`,
  );
  return new Set(names.flatMap((name) => first.exec(name)?.[1] ?? []));
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
  const kernels = 1 + Math.max(0, ...matches.map(({ indices }) => Number(indices.kernel ?? 0)));
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
