import { presets } from '@hifigan/config';
import { describe, expect, it } from 'vitest';
import type { GeneratorConfig } from '../generator-config.js';
import { layersOf } from '../generator-layers.js';
import { inferConfig } from '../infer-config.js';
import { parametersOf } from '../layer-spec.js';
import { StateError } from '../state-error.js';
import { type UpstreamArray, upstreamShape } from '../upstream-layout.js';
import { fromUpstreamLayout } from './from-upstream-layout.js';
import { layouts } from './index.js';
import type { Layout, LayoutName } from './layout.js';
import { recognizeLayout } from './recognize-layout.js';
import { toUpstreamLayout } from './to-upstream-layout.js';

const BLOCK_1: GeneratorConfig = {
  ...{ resblock: '1', num_mels: 5, upsample_initial_channel: 8 },
  ...{ upsample_rates: [2, 3], upsample_kernel_sizes: [4, 6] },
  resblock_kernel_sizes: [3, 5],
  resblock_dilation_sizes: [
    [1, 3, 5],
    [1, 3, 5],
  ],
};
const BLOCK_2: GeneratorConfig = {
  ...{ ...BLOCK_1, resblock: '2' },
  resblock_dilation_sizes: [
    [1, 2],
    [2, 6],
  ],
};

/** Every array of a generator by upstream's names, no two alike. */
function stateOf(config: GeneratorConfig, norm: 'weight' | 'none'): Map<string, UpstreamArray> {
  let next = 0;
  const specs = layersOf(config, norm).flatMap(parametersOf);
  return new Map(
    specs.map((spec) => {
      const shape = upstreamShape(spec);
      const length = shape.reduce((product, n) => product * n, 1);
      return [spec.name, { shape, data: Float32Array.from({ length }, () => ++next) }];
    }),
  );
}

/** Whether a layout has a name for the second kind of block. */
const hasBlock2 = ({ modules }: Layout) => modules.convs !== undefined;

const cases = Object.values(layouts).flatMap((layout) =>
  [BLOCK_1, BLOCK_2]
    .filter(({ resblock }) => resblock === '1' || hasBlock2(layout))
    .map((config) => [layout.name, config] as const),
);

describe.each(cases)('%s', (name, config) => {
  const layout = layouts[name];

  it.each(['weight', 'none'] as const)(
    `names every array of block ${config.resblock} there and back, norm %s`,
    (norm) => {
      const state = stateOf(config, norm);
      const theirs = fromUpstreamLayout(state, layout, config);
      expect(theirs.size).toBe(state.size);
      for (const outer of ['', 'module.']) {
        for (const prefix of layout.prefixes) {
          const beside = layout.beside.map((key) => [`${outer}${prefix}${key}`, array(3)] as const);
          const named = [...theirs].map(([key, one]) => [`${outer}${prefix}${key}`, one] as const);
          const all = new Map([...named, ...beside]);
          const placed = toUpstreamLayout(all, layout, { config });
          expect(placed.prefix).toBe(`${outer}${prefix}`);
          expect(placed.state).toEqual(state);
        }
      }
    },
  );

  it('is recognised without a configuration, whatever lies around it', () => {
    const state = stateOf(config, 'weight');
    const theirs = fromUpstreamLayout(state, layout, config);
    const model = new Map([
      ...[...theirs].map(([key, one]) => [`model.${layout.prefixes[0]}${key}`, one] as const),
      ['discriminator.convs.0.weight', array(2)],
    ]);
    const found = recognizeLayout(model)!;
    expect(found.prefix).toBe(`model.${layout.prefixes[0]}`);
    expect(new Map([...found.arrays].sort())).toEqual(new Map([...state].sort()));
    const inferred = inferConfig(found.arrays)!;
    const { upsample_rates: rates, resblock_dilation_sizes: dilations, ...shown } = config;
    expect(inferred.config).toMatchObject(shown);
    expect(inferred.config.resblock_dilation_sizes.map(({ length }) => length)).toEqual(
      dilations.map(({ length }) => length),
    );
    // Halves of the kernels, as no shape shows them: here they are right.
    expect(inferred.config.upsample_rates).toEqual(rates);
    expect(inferred.supposed).not.toHaveLength(0);
  });

  it('lists all that is missing, extra and misshapen, by the names in the file', () => {
    const theirs = fromUpstreamLayout(stateOf(config, 'weight'), layout, config);
    const prefix = layout.prefixes[0];
    const spoilt = new Map([...theirs].map(([key, one]) => [prefix + key, one] as const));
    const names = [...spoilt.keys()];
    const [gone, wrong] = [names.at(-1)!, names[0]];
    spoilt.delete(gone);
    spoilt.set(wrong, array(99));
    spoilt.set(`${prefix}stray.weight`, array(1));
    const error = caught(() => toUpstreamLayout(spoilt, layout, { config, where: 'x.pth' }));
    expect(error).toBeInstanceOf(StateError);
    expect(error.missing).toEqual([gone]);
    expect(error.extra).toEqual([`${prefix}stray.weight`]);
    expect(error.misshapen).toHaveLength(1);
    expect(error.misshapen[0]).toMatch(/ \[99\] instead of \[/);
    expect(error.misshapen[0].startsWith(`${wrong} `)).toBe(true);
    expect(error.message).toMatch(/^x\.pth: arrays must be those of the network/);
  });
});

describe('layouts', () => {
  it('are as their programs spell them', () => {
    const first = (name: LayoutName) => {
      const { resblock_kernel_sizes: kernels } = BLOCK_1;
      expect(kernels).toHaveLength(2);
      return [
        ...fromUpstreamLayout(stateOf(BLOCK_1, 'none'), layouts[name], BLOCK_1).keys(),
      ].filter((key) =>
        /(^|\D)1\D.*convs2.*2.*weight$|^(ups|upsampler|upsamples)\.1.*weight$/.test(key),
      );
    };
    expect(first('reference')).toEqual(['ups.1.weight', 'resblocks.1.convs2.2.weight']);
    expect(first('transformers')).toEqual(['upsampler.1.weight', 'resblocks.1.convs2.2.weight']);
    expect(first('parallel-wavegan')).toContain('upsamples.1.1.weight');
    expect(first('parallel-wavegan')).toContain('blocks.1.convs2.2.1.weight');
    expect(first('nemo')).toContain('resblocks.0.1.convs2.2.weight');
  });

  it('leave zeros where a program has no biases', () => {
    const state = stateOf(BLOCK_1, 'none');
    const without = new Map([...state].filter(([name]) => name !== 'conv_post.bias'));
    const options = { config: BLOCK_1, withoutBias: ['conv_post'] as const };
    const placed = toUpstreamLayout(without, layouts.coqui, options).state;
    expect(placed.get('conv_post.bias')).toEqual({ shape: [1], data: new Float32Array(1) });
    const error = caught(() => toUpstreamLayout(without, layouts.coqui, { config: BLOCK_1 }));
    expect(error.missing).toEqual(['conv_post.bias']);
  });

  it('infer the published models whole', () => {
    for (const preset of [presets.v1, presets.v2, presets.v3]) {
      const shapes = new Map(
        layersOf(preset, 'weight')
          .flatMap(parametersOf)
          .map((spec) => [spec.name, { shape: upstreamShape(spec) }]),
      );
      const { config, hopSize } = inferConfig(shapes)!;
      expect(preset).toMatchObject(config);
      expect(hopSize).toBe(preset.hop_size);
    }
    expect(inferConfig(new Map([['linear.weight', { shape: [2, 2] }]]))).toBeUndefined();
    expect(recognizeLayout(new Map([['linear.weight', 1]]))).toBeUndefined();
  });

  it('looks at some generators of a file that has thousands, each array at most once for each', () => {
    let looks = 0;
    const arrays = new Map<string, number>();
    for (let i = 0; i < 5000; i++) {
      arrays.set(`${i}.conv_pre.weight`, i);
      arrays.set(`${i}.conv_post.weight`, i);
    }
    class Counting extends Map<string, number> {
      override *[Symbol.iterator](): MapIterator<[string, number]> {
        for (const entry of super.entries()) {
          looks++;
          yield entry;
        }
      }
    }
    const found = recognizeLayout(new Counting(arrays));
    expect(found?.prefix).toBe('0.');
    // 16 for each of the layouts, of which there are six.
    expect(looks).toBeLessThanOrEqual(16 * 6 * arrays.size);
  });

  it('takes no file of more arrays than models have for one', () => {
    const many = new Map<string, number>([['conv_pre.weight', 0]]);
    for (let i = 0; i < 2 ** 15 - 2; i++) many.set(`other.${i}`, i);
    many.set('conv_post.weight', 1);
    expect(recognizeLayout(many)?.layout.name).toBe('reference');
    many.set('another', 1);
    expect(recognizeLayout(many)).toBeUndefined();
  });
});

function array(length: number): UpstreamArray {
  return { shape: [length], data: new Float32Array(length) };
}

function caught(work: () => unknown): StateError {
  try {
    work();
  } catch (error) {
    return error as StateError;
  }
  throw new Error('it must be refused');
}
