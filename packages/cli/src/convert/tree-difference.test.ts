import { OrderedDict, type StoredArray, type TorchTree } from '@hifigan/checkpoint';
import { expect, it } from 'vitest';
import { treeDifference } from './tree-difference.js';

type Tree = TorchTree<StoredArray>;

const array = (...values: number[]): StoredArray => ({
  shape: [values.length],
  data: Float32Array.from(values),
});

const deferred = (...values: number[]): StoredArray => ({
  ...{ shape: [values.length], dtype: 'F32', as: 'F32' as const },
  read: async () => ({ shape: [values.length], data: Float32Array.from(values) }),
});

const tuple = (...values: Tree[]): Tree => Object.freeze(values) as Tree[];
const dict = (entries: Record<string, Tree>): Tree => new Map(Object.entries(entries));

interface Other {
  readonly exp_avg?: Tree;
  readonly group?: Readonly<Record<string, Tree>>;
  readonly steps?: Tree;
}

/** An optimizer, of which one thing may be another. */
const optimizer = (other: Other = {}): Tree =>
  dict({
    state: new Map([[0, dict({ step: array(101), exp_avg: other.exp_avg ?? array(1, 2, 0) })]]),
    param_groups: [
      dict({
        ...{ lr: 0.0002, betas: tuple(0.8, 0.99), weight_decay: 0.01, fused: null, params: [0] },
        ...other.group,
      }),
    ],
    weights: new OrderedDict<StoredArray>([['bias', array(1)]]),
    steps: other.steps ?? 100,
  });

it('finds nothing between trees that are the same, read already or not', async () => {
  expect(await treeDifference(optimizer(), optimizer())).toBeUndefined();
  const read = optimizer({ exp_avg: deferred(1, 2, 0) });
  expect(await treeDifference(optimizer(), read)).toBeUndefined();
  expect(await treeDifference(Number.NaN, Number.NaN)).toBeUndefined();
  expect(await treeDifference(-0, 0)).toBeUndefined();
});

it.each<[string, Other]>([
  ['state.0.exp_avg is another array', { exp_avg: array(1, 2, -0) }],
  ['state.0.exp_avg is another array', { exp_avg: deferred(1, 3, 0) }],
  ['state.0.exp_avg is another array', { exp_avg: array(1, 2) }],
  ['state.0.exp_avg is another array', { exp_avg: { shape: [3], data: Float64Array.of(1, 2, 0) } }],
  ['param_groups.0.lr is 0.0001, not 0.0002', { group: { lr: 0.0001 } }],
  ['param_groups.0.betas.1 is 0.999, not 0.99', { group: { betas: tuple(0.8, 0.999) } }],
  ['param_groups.0.betas is another list', { group: { betas: [0.8, 0.99] } }],
  ['param_groups.0.weight_decay is 0, not 0.01', { group: { weight_decay: 0 } }],
  ['param_groups.0.fused is false, not null', { group: { fused: false } }],
  ['param_groups.0.params is another list', { group: { params: [0, 1] } }],
  ['param_groups.0 has 6 keys, not the 5 it must have in their order', { group: { more: 1 } }],
  ['steps is 101, not 100', { steps: 101 }],
  ['steps is NaN, not 100', { steps: Number.NaN }],
  ['steps is 100, not 100', { steps: '100' }],
])('tells that %s', async (told, other) => {
  const difference = await treeDifference(optimizer(), optimizer(other));
  expect(difference).toBe(told);
});

it('tells a dictionary in place of an ordered one, and another order', async () => {
  const pairs: [string, Tree][] = [
    ['a', 1],
    ['b', 2],
  ];
  const was = new OrderedDict<StoredArray>(pairs);
  expect(await treeDifference(was, new Map(pairs))).toBe('the whole is of another kind');
  const turned = new OrderedDict<StoredArray>([...pairs].reverse());
  expect(await treeDifference(was, turned)).toMatch(/^the whole has 2 keys, not the 2/);
});
