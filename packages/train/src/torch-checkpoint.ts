import {
  FormatError,
  isArray,
  type NamedArray,
  namedArraysOf,
  OrderedDict,
  type StoredArray,
  type TorchTree,
  withoutModulePrefix,
} from '@hifigan/checkpoint';
import type { HifiGanConfig } from '@hifigan/config';
import { currentSpelling } from '@hifigan/models';
import { EPSILON, WEIGHT_DECAY } from './adamw.js';
import type { TrainerState } from './trainer-state.js';

/** A checkpoint as the reference's trainer saves it: what its `g_` and `do_` files hold. */
export interface TorchCheckpoint<Stored extends StoredArray = NamedArray> {
  /** `{'generator': state dict}` */
  readonly generator: TorchTree<Stored>;
  /** `{'mpd', 'msd', 'optim_g', 'optim_d', 'steps', 'epoch'}` */
  readonly training: TorchTree<Stored>;
}

/** What is ours alone, in a `do_` file that we wrote: the reference takes what it knows by name and leaves the rest. */
export const OURS = 'hifigan';

/** Of the optimizers, in the order in which PyTorch's has their parameters. */
const NETWORKS = { optim_g: ['generator'], optim_d: ['msd', 'mpd'] } as const;
type OptimizerName = keyof typeof NETWORKS;

/**
 * A training's state as the reference's trainer goes on from it, optimizers included.
 *
 * @throws where the discriminators have not joined yet: the reference knows no such training
 */
export function toTorchCheckpoint<Stored extends StoredArray = NamedArray>(
  state: TrainerState<Stored>,
  config: HifiGanConfig,
): TorchCheckpoint<Stored | NamedArray> {
  type Tree = TorchTree<Stored | NamedArray>;
  const { generator, training, metadata } = state;
  const steps = Number(metadata.steps);
  const epoch = Number(metadata.epoch);
  const network = (name: string) =>
    new Map(
      [...training]
        .filter(([key]) => key.startsWith(`${name}.`))
        .map(([key, array]) => [key.slice(name.length + 1), array] as const),
    );
  const [mpd, msd] = [network('mpd'), network('msd')];
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
    const parameters = {
      optim_g: parameterNames(generator),
      optim_d: [...parameterNames(msd), ...parameterNames(mpd)],
    }[name].length;
    const moments = momentsOf(training, name);
    return optimizerDict(moments, { parameters, updates, initial, epoch, config });
  };
  const average = network('ema');
  return {
    generator: new Map<string, Tree>([['generator', new OrderedDict<Stored>(generator)]]),
    training: new Map<string, Tree>([
      ['mpd', new OrderedDict<Stored>(mpd)],
      ['msd', new OrderedDict<Stored>(msd)],
      ['optim_g', optimizer('optim_g')],
      ['optim_d', optimizer('optim_d')],
      ['steps', steps],
      ['epoch', epoch],
      [OURS, new Map(Object.entries(metadata))],
      ...(average.size > 0 ? [['ema', new OrderedDict<Stored>(average)] as const] : []),
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
export function fromTorchCheckpoint<Stored extends StoredArray = NamedArray>(
  checkpoint: TorchCheckpoint<Stored>,
  {
    seed,
    where,
  }: {
    readonly seed: number;
    readonly where: { readonly generator: string; readonly training: string };
  },
): TrainerState<Stored> {
  const value = (key: string) => at(checkpoint.training, key);
  const stateOf = (source: TorchTree<Stored> | undefined, path: string) =>
    upstreamNames(withoutModulePrefix(namedArraysOf(source, path)));
  const networks: Record<string, ReadonlyMap<string, Stored>> = {
    generator: stateOf(at(checkpoint.generator, 'generator'), `${where.generator}: generator`),
    mpd: stateOf(value('mpd'), `${where.training}: mpd`),
    msd: stateOf(value('msd'), `${where.training}: msd`),
  };
  const training = new Map<string, Stored>();
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

interface Moments<Stored> {
  readonly exp_avg: Stored;
  readonly exp_avg_sq: Stored;
}

/** In the order of the file, which is that of the parameters. */
function momentsOf<Stored>(
  training: ReadonlyMap<string, Stored>,
  optimizer: OptimizerName,
): Moments<Stored>[] {
  const prefix = `${optimizer}.exp_avg.`;
  return [...training].flatMap(([key, array]) => {
    if (!key.startsWith(prefix)) return [];
    const second = training.get(`${optimizer}.exp_avg_sq.${key.slice(prefix.length)}`)!;
    return [{ exp_avg: array, exp_avg_sq: second }];
  });
}

/** `state_dict()` of torch.optim.AdamW, with `initial_lr`, without which its schedule does not go on. */
function optimizerDict<Stored extends StoredArray>(
  moments: readonly Moments<Stored>[],
  {
    parameters,
    updates,
    initial,
    epoch,
    config,
  }: {
    /** Number of what it updates: before its first update, an optimizer has no moments yet. */
    readonly parameters: number;
    readonly updates: number;
    readonly initial: number;
    readonly epoch: number;
    readonly config: HifiGanConfig;
  },
): TorchTree<Stored | NamedArray> {
  type Tree = TorchTree<Stored | NamedArray>;
  const betas: Tree[] = [config.adam_b1, config.adam_b2];
  Object.freeze(betas);
  const group = new Map<string, Tree>([
    ['lr', initial * config.lr_decay ** epoch],
    ['betas', betas],
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
    ['params', Array.from({ length: parameters }, (_, index) => index)],
  ]);
  const state = new Map(
    moments.map(({ exp_avg, exp_avg_sq }, index) => [
      index,
      new Map<string, Tree>([
        ['step', { shape: [], data: Float32Array.of(updates) }],
        ['exp_avg', exp_avg],
        ['exp_avg_sq', exp_avg_sq],
      ]),
    ]),
  );
  return new Map<string, Tree>([
    ['state', state],
    ['param_groups', [group]],
  ]);
}

/** Adds an optimizer's moments under our names. @returns how often it was updated */
function readOptimizer<Stored extends StoredArray>(
  value: TorchTree<Stored> | undefined,
  parameters: readonly { readonly name: string; readonly array: Stored }[],
  {
    of,
    name,
    into,
  }: { readonly of: string; readonly name: string; readonly into: Map<string, Stored> },
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
    steps.add(
      Number(isArray(step) ? ('data' in step ? (step as NamedArray).data[0] : Number.NaN) : step),
    );
    for (const kind of ['exp_avg', 'exp_avg_sq'] as const) {
      const moment = at(own, kind);
      if (!isArray(moment) || moment.shape.join() !== parameter.array.shape.join()) {
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

/** Names as the reference's PyTorch has them, of newer spellings of weight and spectral norm. */
function upstreamNames<Stored>(arrays: ReadonlyMap<string, Stored>): ReadonlyMap<string, Stored> {
  return new Map([...arrays].map(([name, array]) => [currentSpelling(name), array]));
}

/** Those that an optimizer has: all but the vectors of spectral norm. */
function parameterNames(arrays: ReadonlyMap<string, unknown>): string[] {
  return [...arrays.keys()].filter((name) => {
    const layer = name.slice(0, name.lastIndexOf('.'));
    return !(/\.weight_[uv]$/.test(name) && arrays.has(`${layer}.weight_u`));
  });
}

function at<Stored>(
  value: TorchTree<Stored> | undefined,
  key: string,
): TorchTree<Stored> | undefined {
  return value instanceof Map ? value.get(key) : undefined;
}

/**
 * What an optimizer of the reference's was set to and a training here is not, which takes the rates of the
 * configuration: `optim_g: betas 0.5, 0.9 where the configuration has adam_b1, adam_b2 0.8, 0.99`.
 */
export function optimizerDifferences(
  training: TorchTree<StoredArray>,
  config: HifiGanConfig,
): string[] {
  const epoch = Number(at(training, 'epoch'));
  const ours = at(training, OURS);
  return (['optim_g', 'optim_d'] as const).flatMap((name) => {
    const groups = at(at(training, name), 'param_groups');
    const group = Array.isArray(groups) ? groups[0] : undefined;
    // Ours may have a rate of its own, which its metadata tells.
    const own = name === 'optim_d' ? Number(at(ours, 'learning_rate_d')) : Number.NaN;
    const initial = own > 0 ? own : config.learning_rate;
    // The reference's schedule falls once more with each time that a training was gone on with.
    const falls = Math.log(Number(at(group, 'lr')) / initial) / Math.log(config.lr_decay);
    const goneOn = Math.round(falls - epoch);
    const fallsAlike = goneOn >= 0 && Math.abs(falls - epoch - goneOn) < 2e-3;
    const rate = initial * config.lr_decay ** (fallsAlike ? epoch + goneOn : epoch);
    const wanted: readonly (readonly [string, string, readonly (readonly number[])[]])[] = [
      ['lr', `learning_rate and lr_decay make`, [[rate]]],
      ['initial_lr', 'learning_rate', [[initial]]],
      ['betas', 'adam_b1, adam_b2', [[config.adam_b1, config.adam_b2]]],
      ['eps', 'AdamW’s eps here is always', [[EPSILON]]],
      ['weight_decay', 'AdamW’s weight_decay here is always', [[WEIGHT_DECAY]]],
    ];
    const different = wanted.flatMap(([key, what, values]) => {
      const given = at(group, key);
      if (given === undefined) return [];
      const found = (Array.isArray(given) ? given : [given]).map(Number);
      const fits = values.some((value) => value.every((number, i) => near(number, found[i])));
      return fits
        ? []
        : [
            `${key}=${found.map(short).join(', ')}, where ${what} ${values[0].map(short).join(', ')}`,
          ];
    });
    if (at(group, 'amsgrad') === true) different.push('amsgrad, which AdamW here is without');
    return different.length > 0 ? [`${name}: ${different.join('; ')}`] : [];
  });
}

function near(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-6 * Math.abs(a);
}

function short(value: number): string {
  return String(Number(value.toPrecision(6)));
}
