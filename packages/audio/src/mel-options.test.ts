import { expect, it } from 'vitest';
import { melOptions } from './mel-options.js';

it('melOptions takes the names of a configuration', () => {
  const config = {
    sampling_rate: 22050,
    n_fft: 1024,
    hop_size: 256,
    win_size: 800,
    num_mels: 80,
    fmin: 20,
    fmax: null,
    other: 1,
  };
  expect(melOptions(config)).toEqual({
    samplingRate: 22050,
    nFft: 1024,
    hopSize: 256,
    winSize: 800,
    numMels: 80,
    fmin: 20,
    fmax: null,
  });
});
