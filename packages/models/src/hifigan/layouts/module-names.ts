import type { Layout, Module } from './layout.js';

/**
 * What a layout calls a layer, in each of its spellings and without a prefix; none where it has no such module.
 *
 * @param layer upstream's path, `resblocks.4.convs1.0`
 * @param kernels residual blocks of a stage
 */
export function namesOf(layout: Layout, layer: string, kernels: number): string[] {
  const { module, indices } = partsOf(layer, kernels);
  return (layout.modules[module] ?? []).map((template) =>
    template.replace(/\{(\w+)\}/g, (_, key: string) => String(indices[key])),
  );
}

/** The module that a layer is of. */
export function moduleOf(layer: string): Module {
  return partsOf(layer, 1).module;
}

function partsOf(layer: string, kernels: number) {
  const [first, number, list, i] = layer.split('.');
  const n = Number(number);
  const indices: Readonly<Record<string, number>> =
    list === undefined
      ? { stage: n }
      : { block: n, stage: Math.floor(n / kernels), kernel: n % kernels, i: Number(i) };
  return { module: (list ?? first) as Module, indices };
}
