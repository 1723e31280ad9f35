import {
  FormatError,
  isNamedArray,
  type NamedArray,
  type NamedArrays,
  namedArraysOf,
  OrderedDict,
  type TorchValue,
  withoutModulePrefix,
} from '@hifigan/checkpoint';
import type { HifiGanConfig } from '@hifigan/config';
import { EPSILON, WEIGHT_DECAY } from './adamw.js';
import type { TrainerState } from './trainer-state.js';

/** A checkpoint as the reference's trainer saves it: what its `g_` and `do_` files hold. */
export interface TorchCheckpoint {
  /** `{'generator': state dict}` */
  readonly generator: TorchValue;
  /** `{'mpd', 'msd', 'optim_g', 'optim_d', 'steps', 'epoch'}` */
  readonly training: TorchValue;
}

/** What is ours alone, in a `do_` file that we wrote: the reference takes what it knows by name and leaves the rest. */
const OURS = 'hifigan';

/** Of the optimizers, in the order in which PyTorch's has their parameters. */
const NETWORKS = { optim_g: ['generator'], optim_d: ['msd', 'mpd'] } as const;
type OptimizerName = keyof typeof NETWORKS;

/**
 * A training's state as the reference's trainer goes on from it, optimizers included.
 *
 * @throws where the discriminators have not joined yet: the reference knows no such training
 */
export function toTorchCheckpoint(state: TrainerState, config: HifiGanConfig): TorchCheckpoint {
  const { generator, training, metadata } = state;
  const steps = Number(metadata.steps);
  const epoch = Number(metadata.epoch);
  const network = (name: string) =>
    new OrderedDict(
      [...training]
        .filter(([key]) => key.startsWith(`${name}.`))
        .map(([key, array]) => [key.slice(name.length + 1), array] as const),
    );
  const mpd = network('mpd');
  if (mpd.size === 0) {
    throw new Error(
      `checkpoint of step ${steps}: must have discriminators, because the reference's trainer cannot go on without; train until they have joined`,
    );
  }
  const optimizer = (name: OptimizerName) => {
    const updates = Number(metadata[`${name}_updates`]);
    // The discriminators may have a rate of their own.
    const initial =
      (name === 'optim_d' && Number(metadata.learning_rate_d)) || config.learning_rate;
    return optimizerDict(momentsOf(training, name), { updates, initial, epoch, config });
  };
  const average = network('ema');
  return {
    generator: new Map([['generator', new OrderedDict(generator)]]),
    training: new Map<string, TorchValue>([
      ['mpd', mpd],
      ['msd', network('msd')],
      ['optim_g', optimizer('optim_g')],
      ['optim_d', optimizer('optim_d')],
      ['steps', steps],
      ['epoch', epoch],
      [OURS, new Map(Object.entries(metadata))],
      ...(average.size > 0 ? [['ema', average] as const] : []),
    ]),
  };
}

/**
 * The way back: what the reference's trainer, or {@link toTorchCheckpoint}, left. Of our own every bit is kept; the
 * reference's go on at the beginning of their epoch, as they do there, since they do not tell the place in the data.
 *
 * @param seed of the order of clips from here on, where the checkpoint has none
 * @param where the files, for messages
 * @throws FormatError where they are no such checkpoint
 */
export function fromTorchCheckpoint(
  checkpoint: TorchCheckpoint,
  {
    seed,
    where,
  }: {
    readonly seed: number;
    readonly where: { readonly generator: string; readonly training: string };
  },
): TrainerState {
  const value = (key: string) => at(checkpoint.training, key);
  const stateOf = (source: TorchValue | undefined, path: string) =>
    upstreamNames(withoutModulePrefix(namedArraysOf(source, path)));
  const networks: Record<string, NamedArrays> = {
    generator: stateOf(at(checkpoint.generator, 'generator'), `${where.generator}: generator`),
    mpd: stateOf(value('mpd'), `${where.training}: mpd`),
    msd: stateOf(value('msd'), `${where.training}: msd`),
  };
  const training = new Map<string, NamedArray>();
  const updates = { optim_g: 0, optim_d: 0 };
  for (const name of ['optim_g', 'optim_d'] as const) {
    const of = `${where.training}: ${name}`;
    const parameters = NETWORKS[name].flatMap((network) =>
      parameterNames(networks[network]).map((parameter) => ({
        array: networks[network].get(parameter)!,
        name: network === 'generator' ? parameter : `${network}.${parameter}`,
      })),
    );
    updates[name] = readOptimizer(value(name), parameters, { of, name, into: training });
  }
  for (const network of ['msd', 'mpd']) {
    for (const [key, array] of networks[network]) training.set(`${network}.${key}`, array);
  }
  const whole = (key: string) => {
    const number = value(key);
    if (typeof number === 'number' && Number.isSafeInteger(number) && number >= 0) return number;
    throw new FormatError(
      `${where.training}: ${key}=${String(number)} must be a whole number, because the training goes on from it; take the checkpoint before`,
    );
  };
  const [steps, epoch] = [whole('steps'), whole('epoch')];
  const ours = value(OURS);
  if (ours instanceof Map) {
    const metadata = Object.fromEntries([...ours].map(([key, text]) => [key, String(text)]));
    const average = value('ema');
    if (average !== undefined) {
      for (const [key, array] of namedArraysOf(average, `${where.training}: ema`)) {
        training.set(`ema.${key}`, array);
      }
    }
    return { generator: networks.generator, training, metadata };
  }
  return {
    generator: networks.generator,
    training,
    metadata: {
      format: 'hifigan-training',
      version: '1',
      steps: String(steps),
      epoch: String(epoch),
      next_epoch: String(epoch),
      next_batch: '0',
      seed: String(seed),
      adversarial_start: '0',
      optim_g_updates: String(updates.optim_g),
      optim_d_updates: String(updates.optim_d),
      use: 'to go on with a training of the reference (hifigan train --resume), beside the g_ file of its number',
    },
  };
}

interface Moments {
  readonly exp_avg: NamedArray;
  readonly exp_avg_sq: NamedArray;
}

/** In the order of the file, which is that of the parameters. */
function momentsOf(training: NamedArrays, optimizer: OptimizerName): Moments[] {
  const prefix = `${optimizer}.exp_avg.`;
  return [...training].flatMap(([key, array]) => {
    if (!key.startsWith(prefix)) return [];
    const second = training.get(`${optimizer}.exp_avg_sq.${key.slice(prefix.length)}`)!;
    return [{ exp_avg: array, exp_avg_sq: second }];
  });
}

/** `state_dict()` of torch.optim.AdamW, with `initial_lr`, without which its schedule does not go on. */
function optimizerDict(
  moments: readonly Moments[],
  {
    updates,
    initial,
    epoch,
    config,
  }: {
    readonly updates: number;
    readonly initial: number;
    readonly epoch: number;
    readonly config: HifiGanConfig;
  },
): TorchValue {
  const group = new Map<string, TorchValue>([
    ['lr', initial * config.lr_decay ** epoch],
    ['betas', Object.freeze([config.adam_b1, config.adam_b2]) as unknown as TorchValue[]],
    ['eps', EPSILON],
    ['weight_decay', WEIGHT_DECAY],
    ['amsgrad', false],
    ['maximize', false],
    ['foreach', null],
    ['capturable', false],
    ['differentiable', false],
    ['fused', null],
    ['decoupled_weight_decay', true],
    ['initial_lr', initial],
    ['params', moments.map((_, index) => index)],
  ]);
  const state = new Map(
    moments.map(({ exp_avg, exp_avg_sq }, index) => [
      index,
      new Map<string, TorchValue>([
        ['step', { shape: [], data: Float32Array.of(updates) }],
        ['exp_avg', exp_avg],
        ['exp_avg_sq', exp_avg_sq],
      ]),
    ]),
  );
  return new Map<string, TorchValue>([
    ['state', state],
    ['param_groups', [group]],
  ]);
}

/** Adds an optimizer's moments under our names. @returns how often it was updated */
function readOptimizer(
  value: TorchValue | undefined,
  parameters: readonly { readonly name: string; readonly array: NamedArray }[],
  {
    of,
    name,
    into,
  }: { readonly of: string; readonly name: string; readonly into: Map<string, NamedArray> },
): number {
  const groups = at(value, 'param_groups');
  const state = at(value, 'state');
  const ids = Array.isArray(groups) && groups.length === 1 ? at(groups[0], 'params') : undefined;
  if (!(state instanceof Map) || !Array.isArray(ids) || ids.length !== parameters.length) {
    throw new FormatError(
      `${of}: must be the state of an AdamW of one group of ${parameters.length} parameters, because its networks have so many; to begin from the weights alone use --init-from`,
    );
  }
  if (state.size === 0) return 0;
  const steps = new Set<number>();
  parameters.forEach((parameter, index) => {
    // Before PyTorch 1.6 a parameter is known by its address, else by its number.
    const own = state.get(ids[index] as number);
    const step = at(own, 'step');
    steps.add(Number(isNamedArray(step) ? step.data[0] : step));
    for (const kind of ['exp_avg', 'exp_avg_sq'] as const) {
      const moment = at(own, kind);
      if (!isNamedArray(moment) || moment.shape.join() !== parameter.array.shape.join()) {
        throw new FormatError(
          `${of}: ${kind} of ${parameter.name} must have the shape [${parameter.array.shape}], because the optimizer goes on from it; take the checkpoint before`,
        );
      }
      into.set(`${name}.${kind}.${parameter.name}`, moment);
    }
  });
  const [updates] = steps;
  if (steps.size !== 1 || !Number.isSafeInteger(updates)) {
    throw new FormatError(
      `${of}: step must be one whole number for all parameters, but is ${[...steps].slice(0, 3).join(', ')}; take the checkpoint before`,
    );
  }
  return updates;
}

/** Names of weight and spectral norm as the reference's PyTorch has them, of newer spellings. */
const SPELLINGS: readonly (readonly [string, string])[] = [
  ['parametrizations.weight.original0', 'weight_g'],
  ['parametrizations.weight.original1', 'weight_v'],
  ['parametrizations.weight.original', 'weight_orig'],
  ['parametrizations.weight.0._u', 'weight_u'],
  ['parametrizations.weight.0._v', 'weight_v'],
];

function upstreamNames(arrays: NamedArrays): NamedArrays {
  return new Map(
    [...arrays].map(([name, array]) => {
      const spelling = SPELLINGS.find(([newer]) => name.endsWith(`.${newer}`));
      if (!spelling) return [name, array];
      return [name.slice(0, -spelling[0].length) + spelling[1], array];
    }),
  );
}

/** Those that an optimizer has: all but the vectors of spectral norm. */
function parameterNames(arrays: NamedArrays): string[] {
  return [...arrays.keys()].filter((name) => {
    const layer = name.slice(0, name.lastIndexOf('.'));
    return !(/\.weight_[uv]$/.test(name) && arrays.has(`${layer}.weight_u`));
  });
}

function at(value: TorchValue | undefined, key: string): TorchValue | undefined {
  return value instanceof Map ? value.get(key) : undefined;
}
