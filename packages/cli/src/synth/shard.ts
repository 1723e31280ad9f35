import { InvalidArgumentError, Option } from 'commander';

/** One of several parts of the work. */
export interface Shard {
  /** From 0. */
  readonly index: number;
  readonly count: number;
}

/** `--shard 2/5` */
export function shardOption(): Option {
  return new Option(
    '--shard <i/n>',
    'do the i-th of n parts of the files, from 1/n to n/n',
  ).argParser(parseShard);
}

function parseShard(text: string): Shard {
  const [, first, second] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  const [index, count] = [Number(first) - 1, Number(second)];
  if (!(index >= 0 && index < count)) {
    throw new InvalidArgumentError(
      'It must be a part and their number, from 1/n to n/n, such as 2/5.',
    );
  }
  return { index, count };
}

/** Every n-th, so that parts of a sorted folder are alike. */
export function shardOf<T>(all: readonly T[], { index, count }: Shard): T[] {
  return all.filter((_, at) => at % count === index);
}
