import { type NamedArray, readTorch, writeTorch } from '@hifigan/checkpoint';
import { readConfig } from '@hifigan/config';
import { tinyConfig } from '@hifigan/testkit';
import { describe, expect, it } from 'vitest';
import { layerState } from './testing/layer-state.js';
import {
  fromTorchCheckpoint,
  optimizerDifferences,
  toTorchCheckpoint,
} from './torch-checkpoint.js';

const { config } = readConfig(JSON.stringify(tinyConfig), 'config');
const where = { generator: 'g_4', training: 'do_4' };
const at = (value: unknown, ...path: (string | number)[]) =>
  path.reduce<unknown>(
    (inner, key) => (inner instanceof Map ? inner.get(key) : (inner as unknown[])[Number(key)]),
    value,
  );

describe('a checkpoint of the reference', () => {
  it('is what its trainer writes, in its order', () => {
    const { generator, training } = toTorchCheckpoint(layerState(), config);
    expect([...(generator as Map<string, unknown>).keys()]).toEqual(['generator']);
    expect([...(training as Map<string, unknown>).keys()].slice(0, 6)).toEqual([
      ...['mpd', 'msd', 'optim_g', 'optim_d', 'steps', 'epoch'],
    ]);
    expect(at(training, 'steps')).toBe(4);
    const group = at(training, 'optim_d', 'param_groups', 0);
    expect(at(group, 'params')).toEqual([0, 1, 2, 3, 4]);
    expect(at(group, 'initial_lr')).toBe(config.learning_rate);
    expect(at(group, 'lr')).toBeCloseTo(config.learning_rate * 0.999 ** 2, 12);
    expect(at(training, 'optim_d', 'state', 0, 'step')).toEqual({
      shape: [],
      data: Float32Array.of(4),
    });
    // MSD goes before MPD.
    expect((at(training, 'optim_d', 'state', 1, 'exp_avg') as NamedArray).shape).toEqual([4, 1, 3]);
  });

  it('comes back bit by bit, through a file', () => {
    const state = layerState();
    const { generator, training } = toTorchCheckpoint(state, config);
    const again = fromTorchCheckpoint(
      { generator: readTorch(writeTorch(generator)), training: readTorch(writeTorch(training)) },
      { seed: 1, where },
    );
    expect(again.generator).toEqual(state.generator);
    expect(new Map([...again.training].sort())).toEqual(new Map([...state.training].sort()));
    expect(again.metadata).toEqual(state.metadata);
  });

  it('of the reference begins its epoch anew, whatever its names and addresses', () => {
    const state = layerState();
    const { generator, training } = toTorchCheckpoint(state, config);
    const wrapped = (value: unknown) =>
      new Map(
        [...(value as Map<string, NamedArray>)].map(([name, array]) => {
          const newer = name
            .replace(/weight_g$/, 'parametrizations.weight.original0')
            .replace(/weight_v$/, 'parametrizations.weight.original1');
          return [`module.${newer}`, array] as const;
        }),
      );
    const theirs = training as Map<string, never>;
    theirs.delete('hifigan');
    theirs.set('mpd', wrapped(theirs.get('mpd')) as never);
    // PyTorch 1.5: parameters by their addresses, steps as integers.
    const optimizer = theirs.get('optim_g') as unknown as Map<string, unknown>;
    const states = optimizer.get('state') as Map<number, Map<string, unknown>>;
    const addresses = [140_234_567_890_001, 140_234_567_890_777, 140_234_567_890_333];
    optimizer.set('state', new Map(addresses.map((id, i) => [id, states.get(i)!.set('step', 5)])));
    (at(optimizer, 'param_groups', 0) as Map<string, unknown>).set('params', addresses);
    const again = fromTorchCheckpoint({ generator, training }, { seed: 9, where });
    expect(new Map([...again.training].sort())).toEqual(new Map([...state.training].sort()));
    expect(again.metadata).toMatchObject({
      ...{ steps: '4', epoch: '2', next_epoch: '2', next_batch: '0', seed: '9' },
      ...{ optim_g_updates: '5', optim_d_updates: '4' },
    });
  });

  it('says what is missing', () => {
    const { generator, training } = toTorchCheckpoint(layerState(), config);
    const without = (key: string) => {
      const rest = new Map(training as Map<string, never>);
      rest.delete(key);
      return () => fromTorchCheckpoint({ generator, training: rest }, { seed: 1, where });
    };
    expect(without('mpd')).toThrow(/^do_4: mpd: must be a state dict .* is missing/);
    expect(without('optim_d')).toThrow(/^do_4: optim_d: must be the state of an AdamW/);
    expect(without('steps')).toThrow(/^do_4: steps=undefined must be a whole number/);
    const early = layerState();
    const alone = new Map([...early.training].filter(([name]) => name.startsWith('optim_g.')));
    expect(() => toTorchCheckpoint({ ...early, training: alone }, config)).toThrow(
      /must have discriminators/,
    );
  });

  it('of discriminators that have not been updated yet has their parameters and no moments', () => {
    const state = layerState();
    const joined = new Map([...state.training].filter(([name]) => !name.startsWith('optim_d.')));
    const metadata = { ...state.metadata, optim_d_updates: '0' };
    const { generator, training } = toTorchCheckpoint(
      { ...state, training: joined, metadata },
      config,
    );
    expect(at(training, 'optim_d', 'state')).toEqual(new Map());
    // As many as the reference's optimizer has, or it refuses the file.
    expect(at(training, 'optim_d', 'param_groups', 0, 'params')).toEqual([0, 1, 2, 3, 4]);
    const again = fromTorchCheckpoint({ generator, training }, { seed: 1, where });
    expect(new Map([...again.training].sort())).toEqual(new Map([...joined].sort()));
  });

  it('tells what its optimizers were set to and the configuration is not', () => {
    const { training } = toTorchCheckpoint(layerState(), config);
    expect(optimizerDifferences(training, config)).toEqual([]);
    const { learning_rate: rate, lr_decay: decay } = config;
    const group = at(training, 'optim_g', 'param_groups', 0) as Map<string, unknown>;
    // The reference saves before or after the rate has gone down at the end of the epoch.
    group.set('lr', rate * decay ** 3);
    expect(optimizerDifferences(training, config)).toEqual([]);
    // Once more with each time that its training was gone on with, never less.
    group.set('lr', rate * decay ** 9);
    expect(optimizerDifferences(training, config)).toEqual([]);
    group.set('lr', rate);
    expect(optimizerDifferences(training, config)[0]).toMatch(/^optim_g: lr=/);
    group
      .set('lr', rate / 2)
      .set('betas', [0.5, 0.9])
      .set('amsgrad', true);
    const other = at(training, 'optim_d', 'param_groups', 0) as Map<string, unknown>;
    other.set('weight_decay', 0);
    const [first, second, ...more] = optimizerDifferences(training, config);
    expect(more).toEqual([]);
    expect(first).toMatch(
      /^optim_g: lr=[\d.e-]+, where learning_rate and lr_decay make [\d.e-]+; betas=0\.5, 0\.9, where adam_b1, adam_b2 0\.8, 0\.99; amsgrad, /,
    );
    expect(second).toBe('optim_d: weight_decay=0, where AdamW’s weight_decay here is always 0.01');
  });
});
