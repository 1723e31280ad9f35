import { readSafetensors, writeSafetensors } from '@hifigan/checkpoint';
import type { UpstreamArray, UpstreamArrays } from '@hifigan/models';
import type { GeneratorGraph } from '../index.js';
import { turned } from '../weight-bytes.js';

/** A graph's weights in PyTorch's layout, rounded to float16 by way of a file. */
export function halved({ nodes }: GeneratorGraph): UpstreamArrays {
  const arrays = new Map<string, UpstreamArray>();
  for (const node of nodes) {
    if (!('filter' in node)) continue;
    const shape = [...node.filter.shape].reverse();
    arrays.set(`${node.name}.weight`, { shape, data: turned(node.filter) });
    arrays.set(`${node.name}.bias`, { shape: [node.bias.length], data: node.bias });
  }
  return readSafetensors(writeSafetensors(arrays, {}, { float16: true })).arrays;
}
