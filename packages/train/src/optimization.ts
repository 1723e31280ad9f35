/** How gradients become weights, beyond what a configuration of the reference says. */
export interface Optimization {
  /**
   * Largest global norm of gradients, the generator's and all discriminators' each by themselves; larger ones are
   * scaled down to it, as by PyTorch's clip_grad_norm_. 0: none are. Default 0.
   */
  readonly clipNorm?: number;
  /**
   * Decay of an exponential moving average of the generator's weights, such as 0.999, which is kept beside them; it is
   * what validation measures and what speaks best. 0: none is kept. Default 0.
   */
  readonly emaDecay?: number;
  /** Of the discriminators, before `lr_decay`. Default: the config's `learning_rate`, as the generator's. */
  readonly discriminatorLearningRate?: number;
}

/** By their names in the metadata of a checkpoint. */
const KEYS: Readonly<Record<string, keyof Optimization>> = {
  clip_norm: 'clipNorm',
  ema_decay: 'emaDecay',
  learning_rate_d: 'discriminatorLearningRate',
};

/** @throws RangeError where a value cannot be meant */
export function checkOptimization(optimization: Optimization): Optimization {
  const { clipNorm = 0, emaDecay = 0, discriminatorLearningRate: rate = 1 } = optimization;
  const refuse = (name: string, value: number, must: string): never => {
    throw new RangeError(`optimization: ${name}=${value} must be ${must}`);
  };
  if (!(clipNorm >= 0)) {
    refuse('clipNorm', clipNorm, 'at least 0, because a norm is; 0 clips nothing');
  }
  if (!(emaDecay >= 0 && emaDecay < 1)) {
    refuse('emaDecay', emaDecay, 'from 0 to below 1, because 1 would never learn; 0 keeps none');
  }
  if (!(rate > 0 && rate < Number.POSITIVE_INFINITY)) {
    refuse('discriminatorLearningRate', rate, 'above 0; to leave them out, let them join late');
  }
  return optimization;
}

/** For the file of a checkpoint: a training that goes on keeps what it was told. */
export function optimizationMetadata(optimization: Optimization): Record<string, string> {
  return Object.fromEntries(
    Object.entries(KEYS).flatMap(([key, name]) => {
      const value = optimization[name];
      return value === undefined ? [] : [[key, String(value)] as const];
    }),
  );
}

/** What a stored training was told; older files say nothing. */
export function optimizationOf(
  metadata: Readonly<Record<string, string>>,
  where: string,
): Optimization {
  const found = Object.entries(KEYS).flatMap(([key, name]) => {
    if (!(key in metadata)) return [];
    const value = Number(metadata[key]);
    if (metadata[key] === '' || !Number.isFinite(value)) {
      throw new Error(
        `${where}: ${key}=${metadata[key]} must be a number, because the training goes on with it; take the checkpoint before`,
      );
    }
    return [[name, value] as const];
  });
  return Object.fromEntries(found);
}
