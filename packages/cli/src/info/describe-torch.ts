import { basename } from 'node:path';
import { savingOfModule } from '@hifigan/vocoder';
import type { Context } from '../context.js';
import type { InputFile } from '../files/input-file.js';
import { byteSize, counted } from '../terminal/format.js';
import type { Description } from './describe.js';
import { describeInferred } from './describe-inferred.js';
import { describeWeights } from './describe-weights.js';
import { type ListedWeights, listWeights } from './list-weights.js';

/** A PyTorch file that lies alone: what is in it, and of a generator what its shapes tell. */
export async function describeTorch(_: Context, file: InputFile): Promise<Description | undefined> {
  if (file.found?.kind !== 'pytorch') return undefined;
  const listed = await listWeights(file);
  const size = ['size', byteSize(file.size)] as const;
  const halves = trainingRows(listed);
  // Of a model that was pickled whole nothing is read, whatever its names look like; it may lie beside a generator.
  const apart = [...listed.arrays].filter(([name]) => !/(^|\.)_modules\./.test(name));
  const inferred = describeInferred(new Map(apart), file.typed);
  const module = inferred ? undefined : listed.module;
  const next =
    module && `its weights alone can be read: ${savingOfModule(file.typed, module.path)} in Python`;
  // What a training keeps of its optimizers is hundreds of lines.
  const metadata = Object.fromEntries(
    Object.entries(listed.metadata).filter(([key]) => /^(steps?|epoch|iteration)$/.test(key)),
  );
  const weights = describeWeights({ ...listed, metadata }, basename(file.typed));
  const network = inferred
    ? 'generator'
    : module
      ? 'module'
      : halves.length > 0
        ? 'training state'
        : 'unknown';
  return {
    kind: 'torch checkpoint',
    ...(inferred && { generator: inferred.config }),
    facts: {
      bytes: file.size,
      ...weights.facts,
      network,
      ...inferred?.facts,
      ...(next !== undefined && { next }),
      ...(halves.length > 0 && { parts: Object.fromEntries(halves) }),
    },
    shown: [
      ...(inferred ? inferred.shown : [['network', NETWORKS[network]] as const]),
      ...weights.shown.filter(([key]) => key !== 'network'),
      ...halves,
      size,
      ...(next === undefined ? [] : [['next', next] as const]),
    ],
  };
}

const NETWORKS = {
  generator: 'generator',
  'training state':
    'none: what the reference’s trainer goes on from; the generator is in the g_… file',
  module: 'a whole model as Python objects, of which nothing is run here',
  unknown: 'none that is known',
} as const;

/** What a `do_` file of the reference's trainer holds, part by part, and what its optimizers are set to. */
function trainingRows({ arrays, metadata }: ListedWeights): (readonly [string, string])[] {
  const rows: (readonly [string, string])[] = [];
  for (const part of ['mpd', 'msd', 'optim_g', 'optim_d', 'ema'] as const) {
    const own = [...arrays].filter(([name]) => name.startsWith(`${part}.`));
    if (own.length === 0) continue;
    const values = own.reduce(
      (sum, [, { shape }]) => sum + shape.reduce((product, length) => product * length, 1),
      0,
    );
    const setting = (key: string) => metadata[`${part}.param_groups.0.${key}`];
    const set = [
      ...['lr', 'initial_lr', 'weight_decay'].map((key) => [key, setting(key)] as const),
      ['betas', [0, 1].map((i) => setting(`betas.${i}`) ?? '').join(', ')] as const,
    ].filter(([, value]) => value !== undefined && value !== ', ');
    rows.push([
      part,
      [
        `${counted(own.length, 'array')}, ${counted(values, 'value')}`,
        ...set.map(([key, value]) => `${key} ${value}`),
      ].join(', '),
    ]);
  }
  return rows;
}
