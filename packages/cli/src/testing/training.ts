import { readFile } from 'node:fs/promises';
import { type NamedArray, readSafetensors } from '@hifigan/checkpoint';

/** What a training would have left beside a generator, with discriminators of one array. */
export async function trainingOf(generator: string) {
  let next = 0;
  const filled = (shape: readonly number[]) => {
    const length = shape.reduce((product, n) => product * n, 1);
    return { shape, data: Float32Array.from({ length }, () => ++next / 8) };
  };
  const arrays = new Map<string, NamedArray>();
  const parameters = readSafetensors(await readFile(generator)).arrays;
  for (const [name, { shape }] of parameters) {
    arrays.set(`optim_g.exp_avg.${name}`, filled(shape));
    arrays.set(`optim_g.exp_avg_sq.${name}`, filled(shape));
  }
  for (const network of ['msd', 'mpd']) {
    arrays.set(`${network}.bias`, filled([2]));
    arrays.set(`optim_d.exp_avg.${network}.bias`, filled([2]));
    arrays.set(`optim_d.exp_avg_sq.${network}.bias`, filled([2]));
  }
  const metadata = {
    ...{ format: 'hifigan-training', version: '1', steps: '100', epoch: '3', seed: '7' },
    ...{ next_epoch: '3', next_batch: '1', adversarial_start: '0' },
    ...{ optim_g_updates: '101', optim_d_updates: '101' },
  };
  return { arrays, metadata };
}
