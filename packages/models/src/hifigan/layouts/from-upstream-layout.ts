import type { GeneratorConfig } from '../generator-config.js';
import { layersOf } from '../generator-layers.js';
import { storedForm } from '../stored-form.js';
import type { UpstreamArray } from '../upstream-layout.js';
import type { Layout } from './layout.js';
import { namesOf } from './module-names.js';

/**
 * The way back: a generator's arrays under a layout's names, in upstream's order and without a prefix.
 *
 * @param state complete, by upstream's names
 * @throws RangeError where the layout has no name for a layer
 */
export function fromUpstreamLayout(
  state: ReadonlyMap<string, UpstreamArray>,
  layout: Layout,
  config: GeneratorConfig,
): Map<string, UpstreamArray> {
  const arrays = new Map<string, UpstreamArray>();
  for (const layer of layersOf(config, 'weight')) {
    const [theirs] = namesOf(layout, layer.name, config.resblock_kernel_sizes.length);
    if (theirs === undefined) {
      throw new RangeError(
        `fromUpstreamLayout: layer=${layer.name} must be one that ${layout.description} has, because it is stored by its name there; choose another format`,
      );
    }
    for (const name of storedForm(layer, state).values()) {
      arrays.set(theirs + name.slice(layer.name.length), state.get(name)!);
    }
  }
  return arrays;
}
