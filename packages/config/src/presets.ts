import type { HifiGanConfig } from './hifi-gan-config.js';
import { ratePresets } from './rate-presets.js';

/** The three published configurations, complete: every key of the authors' files; and V1 at other sampling rates. */
export const presets: {
  readonly v1: HifiGanConfig;
  readonly v2: HifiGanConfig;
  readonly v3: HifiGanConfig;
} & typeof ratePresets = {
  v1: {
    resblock: '1',
    num_gpus: 0,
    batch_size: 16,
    learning_rate: 0.0002,
    adam_b1: 0.8,
    adam_b2: 0.99,
    lr_decay: 0.999,
    seed: 1234,

    upsample_rates: [8, 8, 2, 2],
    upsample_kernel_sizes: [16, 16, 4, 4],
    upsample_initial_channel: 512,
    resblock_kernel_sizes: [3, 7, 11],
    resblock_dilation_sizes: [
      [1, 3, 5],
      [1, 3, 5],
      [1, 3, 5],
    ],

    segment_size: 8192,
    num_mels: 80,
    num_freq: 1025,
    n_fft: 1024,
    hop_size: 256,
    win_size: 1024,
    sampling_rate: 22050,
    fmin: 0,
    fmax: 8000,
    fmax_for_loss: null,

    num_workers: 4,
    dist_config: { dist_backend: 'nccl', dist_url: 'tcp://localhost:54321', world_size: 1 },
  },
  v2: {
    resblock: '1',
    num_gpus: 0,
    batch_size: 16,
    learning_rate: 0.0002,
    adam_b1: 0.8,
    adam_b2: 0.99,
    lr_decay: 0.999,
    seed: 1234,

    upsample_rates: [8, 8, 2, 2],
    upsample_kernel_sizes: [16, 16, 4, 4],
    upsample_initial_channel: 128,
    resblock_kernel_sizes: [3, 7, 11],
    resblock_dilation_sizes: [
      [1, 3, 5],
      [1, 3, 5],
      [1, 3, 5],
    ],

    segment_size: 8192,
    num_mels: 80,
    num_freq: 1025,
    n_fft: 1024,
    hop_size: 256,
    win_size: 1024,
    sampling_rate: 22050,
    fmin: 0,
    fmax: 8000,
    fmax_for_loss: null,

    num_workers: 4,
    dist_config: { dist_backend: 'nccl', dist_url: 'tcp://localhost:54321', world_size: 1 },
  },
  v3: {
    resblock: '2',
    num_gpus: 0,
    batch_size: 16,
    learning_rate: 0.0002,
    adam_b1: 0.8,
    adam_b2: 0.99,
    lr_decay: 0.999,
    seed: 1234,

    upsample_rates: [8, 8, 4],
    upsample_kernel_sizes: [16, 16, 8],
    upsample_initial_channel: 256,
    resblock_kernel_sizes: [3, 5, 7],
    resblock_dilation_sizes: [
      [1, 2],
      [2, 6],
      [3, 12],
    ],

    segment_size: 8192,
    num_mels: 80,
    num_freq: 1025,
    n_fft: 1024,
    hop_size: 256,
    win_size: 1024,
    sampling_rate: 22050,
    fmin: 0,
    fmax: 8000,
    fmax_for_loss: null,

    num_workers: 4,
    dist_config: { dist_backend: 'nccl', dist_url: 'tcp://localhost:54321', world_size: 1 },
  },
  ...ratePresets,
};
