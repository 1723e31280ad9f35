import type { NamedArray, NamedArrays, StoredArray } from '@hifigan/checkpoint';
import {
  type ArraySpec,
  arraysOf,
  exportState,
  fromUpstream,
  importState,
  type Network,
  toUpstream,
} from '@hifigan/models';
import * as tf from '@tensorflow/tfjs';
import type { AdamW } from './adamw.js';
import type { Place } from './batches.js';
import { optimizationMetadata } from './optimization.js';
import type { Trainer } from './trainer.js';
import type { Adversary } from './training-step.js';

/**
 * A trainer's state as two files hold it, names and layouts as upstream has them; of a state that only passes
 * through, the arrays may be still to be read.
 */
export interface TrainerState<Stored extends StoredArray = NamedArray> {
  /** The generator, weight norm not multiplied out. */
  readonly generator: ReadonlyMap<string, Stored>;
  /**
   * `mpd.*` and `msd.*` (absent before they join), and the optimizers' moments:
   * `optim_g.exp_avg.*`, `optim_g.exp_avg_sq.*`, the same for `optim_d`; `ema.*`, where weights are averaged.
   */
  readonly training: ReadonlyMap<string, Stored>;
  /** The generator with averaged weights, where there is one: to speak with; a training goes on from `ema.*`. */
  readonly average?: ReadonlyMap<string, Stored>;
  /** What the file of `training` says of itself; a training goes on from it. */
  readonly metadata: Readonly<Record<string, string>>;
}

const FORMAT = 'hifigan-training';
const VERSION = '1';

/** What the names of averaged weights begin with, in the file of `training`. */
const EMA = 'ema.';

/** What the file of the generator says of itself, so that it is known whatever its name becomes. */
export function generatorMetadata({
  metadata: { steps, epoch },
}: Pick<TrainerState, 'metadata'>): Record<string, string> {
  return {
    format: 'hifigan-generator',
    version: VERSION,
    steps,
    epoch,
    use: 'speech (hifigan synth --checkpoint) or the beginning of a training (hifigan train --init-from)',
  };
}

/** The same of that with averaged weights. */
export function averageMetadata(state: TrainerState): Record<string, string> {
  const weights = `exponential moving average, decay ${state.metadata.ema_decay}`;
  return { ...generatorMetadata(state), weights };
}

/**
 * Copies out all that a training needs to go on exactly.
 *
 * @throws where a weight is NaN or infinite: such a checkpoint would be worth nothing
 */
export async function exportTrainer(trainer: Trainer): Promise<TrainerState> {
  const { generator, optimizer, adversary, average } = trainer;
  const training = new Map<string, NamedArray>();
  await addMoments(training, 'optim_g', optimizer, new Map([['', generator]]));
  if (adversary) {
    for (const [name, network] of adversary.networks) {
      for (const [key, array] of await exportState(network)) training.set(`${name}.${key}`, array);
    }
    const networks = new Map(
      [...adversary.networks].map(([name, network]) => [`${name}.`, network]),
    );
    await addMoments(training, 'optim_d', adversary.optimizer, networks);
  }
  const state = await exportState(generator);
  const averaged = average && (await exportState(average.generator));
  for (const [name, array] of averaged ?? []) training.set(`${EMA}${name}`, array);
  checkFinite(state);
  checkFinite(training);
  return {
    generator: state,
    training,
    ...(averaged && { average: averaged }),
    metadata: {
      format: FORMAT,
      version: VERSION,
      // Upstream's meaning: the index of the last step done, and its epoch is not that of the next one.
      steps: String(trainer.steps - 1),
      epoch: String(
        trainer.place.batch > 0 ? trainer.place.epoch : Math.max(0, trainer.place.epoch - 1),
      ),
      next_epoch: String(trainer.place.epoch),
      next_batch: String(trainer.place.batch),
      // With the place, all the random state there is.
      seed: String(trainer.seed),
      adversarial_start: String(trainer.adversarialStart),
      ...optimizationMetadata(trainer.optimization),
      ...(average && { ema_updates: String(average.step) }),
      optim_g_updates: String(optimizer.step),
      optim_d_updates: String(adversary?.optimizer.step ?? 0),
      use: 'to go on with a training (hifigan train --resume), beside the g_ file of its number',
    },
  };
}

/** The seed that a stored training was begun with. */
export function seedOf(metadata: Readonly<Record<string, string>>, where: string): number {
  if (metadata.format !== FORMAT || metadata.version !== VERSION) {
    throw new Error(
      `${where}: format=${metadata.format} ${metadata.version} must be ${FORMAT} ${VERSION}, because a training goes on from its own files only; to begin from another's weights use --init-from`,
    );
  }
  return wholeNumber(metadata, 'seed', where);
}

/** Steps that were done in a stored training. */
export function stepsOf(metadata: Readonly<Record<string, string>>, where: string): number {
  return wholeNumber(metadata, 'steps', where) + 1;
}

/** Where in the data it goes on. */
export function placeOf(metadata: Readonly<Record<string, string>>, where: string): Place {
  const whole = (key: string) => wholeNumber(metadata, key, where);
  return { epoch: whole('next_epoch'), batch: whole('next_batch') };
}

/** At which step the discriminators join (or joined) in a stored training. Older files lack it: 0, the default. */
export function adversarialStartOf(
  metadata: Readonly<Record<string, string>>,
  where: string,
): number {
  return 'adversarial_start' in metadata ? wholeNumber(metadata, 'adversarial_start', where) : 0;
}

/**
 * Sets a new trainer to a stored state.
 *
 * @param where the files, for messages
 * @throws where they do not belong to this config, with all names that are missing, extra or misshapen
 */
export function importTrainer(
  trainer: Trainer,
  state: TrainerState,
  where: { readonly generator: string; readonly training: string },
): void {
  const { metadata, training } = state;
  const whole = (key: string) => wholeNumber(metadata, key, where.training);
  importState(trainer.generator, state.generator, where.generator);
  restoreMoments(trainer.optimizer, whole('optim_g_updates'), training, {
    prefix: 'optim_g',
    networks: new Map([['', trainer.generator]]),
    where: where.training,
  });
  const adversary = importDiscriminators(trainer, training, where.training);
  if (adversary) {
    restoreMoments(adversary.optimizer, whole('optim_d_updates'), training, {
      prefix: 'optim_d',
      networks: new Map([...adversary.networks].map(([name, network]) => [`${name}.`, network])),
      where: where.training,
    });
  }
  if ('ema_updates' in metadata) {
    const average = trainer.resumeAverage(whole('ema_updates'));
    if (average) importState(average.generator, under(training, EMA), where.training);
  }
  trainer.steps = stepsOf(metadata, where.training);
  trainer.place = placeOf(metadata, where.training);
}

/**
 * Loads the discriminators' weights of a stored state, and nothing else of it.
 *
 * @returns undefined where it has none
 */
export function importDiscriminators(
  trainer: Trainer,
  training: NamedArrays,
  where: string,
): Adversary | undefined {
  if (![...training.keys()].some((name) => name.startsWith('mpd.'))) return undefined;
  const adversary = trainer.join();
  for (const [name, network] of adversary.networks) {
    importState(network, under(training, `${name}.`), where);
  }
  return adversary;
}

async function addMoments(
  arrays: Map<string, NamedArray>,
  prefix: string,
  optimizer: AdamW,
  networks: ReadonlyMap<string, Network>,
): Promise<void> {
  const moments = optimizer.state();
  for (const [path, network] of networks) {
    for (const [name, spec] of arraysOf(network)) {
      const found = moments.get(path + name);
      if (!found) continue;
      for (const [kind, tensor] of [
        ['exp_avg', found.first],
        ['exp_avg_sq', found.second],
      ] as const) {
        const values = (await tensor.data()) as Float32Array;
        arrays.set(`${prefix}.${kind}.${path}${name}`, toUpstream(spec, values));
      }
    }
  }
}

function restoreMoments(
  optimizer: AdamW,
  updates: number,
  arrays: NamedArrays,
  options: {
    readonly prefix: string;
    readonly networks: ReadonlyMap<string, Network>;
    readonly where: string;
  },
): void {
  const { prefix, networks, where } = options;
  const moments = new Map<string, { first: tf.Tensor; second: tf.Tensor }>();
  const read = (name: string, spec: ArraySpec, kind: string) => {
    const key = `${prefix}.${kind}.${name}`;
    const array = arrays.get(key);
    const size = spec.shape.reduce((product, length) => product * length, 1);
    if (!(array?.data instanceof Float32Array) || array.data.length !== size) {
      throw new Error(
        `${where}: ${key} must be an array of ${size} float32 values, because the optimizer goes on from it; take the checkpoint before`,
      );
    }
    return tf.tensor(fromUpstream(spec, array.data), [...spec.shape]);
  };
  tf.tidy(() => {
    for (const [path, network] of updates > 0 ? networks : []) {
      for (const [key, spec] of arraysOf(network)) {
        const name = path + key;
        if (!optimizer.parameters.has(name)) continue;
        const first = read(name, spec, 'exp_avg');
        moments.set(name, { first, second: read(name, spec, 'exp_avg_sq') });
      }
    }
    optimizer.restore(updates, moments);
  });
}

function under(arrays: NamedArrays, prefix: string): NamedArrays {
  return new Map(
    [...arrays].flatMap(([name, array]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), array] as const] : [],
    ),
  );
}

function wholeNumber(
  metadata: Readonly<Record<string, string>>,
  key: string,
  where: string,
): number {
  const value = Number(metadata[key]);
  if (!Number.isSafeInteger(value) || metadata[key] === '') {
    throw new Error(
      `${where}: ${key}=${metadata[key]} must be a whole number, because the training goes on from it; take the checkpoint before`,
    );
  }
  return value;
}

function checkFinite(arrays: NamedArrays): void {
  for (const [name, { data }] of arrays) {
    for (const value of data as Float32Array) {
      // Written so that NaN fails.
      if (!(Math.abs(value) < Number.POSITIVE_INFINITY)) {
        throw new Error(
          `trained weights: ${name} must hold numbers, but holds ${value}; nothing was written, go on from the checkpoint before`,
        );
      }
    }
  }
}
