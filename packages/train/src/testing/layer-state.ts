import type { NamedArray } from '@hifigan/checkpoint';
import type { TrainerState } from '../trainer-state.js';

let next = 0;
const array = (...shape: number[]): NamedArray => ({
  shape,
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => next++ / 8),
});

/** A training's state of one layer a network, in the order that a trainer's export has. */
export function layerState(): TrainerState {
  const layer = () =>
    new Map([
      ['bias', array(2)],
      ['weight_g', array(2, 1, 1)],
      ['weight_v', array(2, 3, 5)],
    ]);
  const spectral = new Map([
    ['bias', array(4)],
    ['weight_orig', array(4, 1, 3)],
    ['weight_u', array(4)],
    ['weight_v', array(3)],
  ]);
  const named = (prefix: string, arrays: ReadonlyMap<string, NamedArray>) =>
    [...arrays].map(([name, value]) => [`${prefix}${name}`, value] as const);
  const generator = new Map(named('conv_pre.', layer()));
  const msd = new Map(named('d.0.', spectral));
  const mpd = new Map(named('d.0.', layer()));
  const training = new Map<string, NamedArray>();
  const moments = (optimizer: string, prefix: string, arrays: ReadonlyMap<string, NamedArray>) => {
    for (const [name, { shape }] of arrays) {
      const isBuffer = /weight_[uv]$/.test(name) && arrays === msd;
      if (isBuffer) continue;
      training.set(`${optimizer}.exp_avg.${prefix}${name}`, array(...shape));
      training.set(`${optimizer}.exp_avg_sq.${prefix}${name}`, array(...shape));
    }
  };
  moments('optim_g', '', generator);
  for (const [name, value] of named('msd.', msd)) training.set(name, value);
  for (const [name, value] of named('mpd.', mpd)) training.set(name, value);
  moments('optim_d', 'msd.', msd);
  moments('optim_d', 'mpd.', mpd);
  const metadata = {
    ...{ format: 'hifigan-training', version: '1', steps: '4', epoch: '2' },
    ...{ next_epoch: '2', next_batch: '3', seed: '77', adversarial_start: '1' },
    ...{ optim_g_updates: '5', optim_d_updates: '4' },
  };
  return { generator, training, metadata };
}
