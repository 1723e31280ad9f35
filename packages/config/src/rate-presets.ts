import type { HifiGanConfig } from './hifi-gan-config.js';

/**
 * V1 at other sampling rates, complete. They are what `deriveConfig` makes of V1; a test holds them to it. No weights
 * were published for them.
 */
export const ratePresets: {
  readonly 'v1-16k': HifiGanConfig;
  readonly 'v1-24k': HifiGanConfig;
  readonly 'v1-44k': HifiGanConfig;
  readonly 'v1-48k': HifiGanConfig;
} = {
  /**
   * 12.5 ms a frame and a window of 50 ms, the custom of speech synthesis; features reach half the rate, as it is 8
   * kHz.
   */
  'v1-16k': {
    resblock: '1',
    num_gpus: 0,
    batch_size: 16,
    learning_rate: 0.0002,
    adam_b1: 0.8,
    adam_b2: 0.99,
    lr_decay: 0.999,
    seed: 1234,

    upsample_rates: [10, 5, 2, 2],
    upsample_kernel_sizes: [20, 11, 4, 4],
    upsample_initial_channel: 512,
    resblock_kernel_sizes: [3, 7, 11],
    resblock_dilation_sizes: [
      [1, 3, 5],
      [1, 3, 5],
      [1, 3, 5],
    ],

    segment_size: 6000,
    num_mels: 80,
    num_freq: 1025,
    n_fft: 1024,
    hop_size: 200,
    win_size: 800,
    sampling_rate: 16000,
    fmin: 0,
    fmax: 8000,
    fmax_for_loss: null,

    num_workers: 4,
    dist_config: { dist_backend: 'nccl', dist_url: 'tcp://localhost:54321', world_size: 1 },
  },
  /** Features as ESPnet and ParallelWaveGAN have them at this rate (2048, 300, 1200), to the 8 kHz of V1. */
  'v1-24k': {
    resblock: '1',
    num_gpus: 0,
    batch_size: 16,
    learning_rate: 0.0002,
    adam_b1: 0.8,
    adam_b2: 0.99,
    lr_decay: 0.999,
    seed: 1234,

    upsample_rates: [10, 5, 3, 2],
    upsample_kernel_sizes: [20, 11, 7, 4],
    upsample_initial_channel: 512,
    resblock_kernel_sizes: [3, 7, 11],
    resblock_dilation_sizes: [
      [1, 3, 5],
      [1, 3, 5],
      [1, 3, 5],
    ],

    segment_size: 9000,
    num_mels: 80,
    num_freq: 1025,
    n_fft: 2048,
    hop_size: 300,
    win_size: 1200,
    sampling_rate: 24000,
    fmin: 0,
    fmax: 8000,
    fmax_for_loss: null,

    num_workers: 4,
    dist_config: { dist_backend: 'nccl', dist_url: 'tcp://localhost:54321', world_size: 1 },
  },
  /** Frames of V1's duration, exactly; 128 bands up to half the rate, as BigVGAN has. */
  'v1-44k': {
    resblock: '1',
    num_gpus: 0,
    batch_size: 16,
    learning_rate: 0.0002,
    adam_b1: 0.8,
    adam_b2: 0.99,
    lr_decay: 0.999,
    seed: 1234,

    upsample_rates: [8, 8, 4, 2],
    upsample_kernel_sizes: [16, 16, 8, 4],
    upsample_initial_channel: 512,
    resblock_kernel_sizes: [3, 7, 11],
    resblock_dilation_sizes: [
      [1, 3, 5],
      [1, 3, 5],
      [1, 3, 5],
    ],

    segment_size: 16384,
    num_mels: 128,
    num_freq: 1025,
    n_fft: 2048,
    hop_size: 512,
    win_size: 2048,
    sampling_rate: 44100,
    fmin: 0,
    fmax: null,
    fmax_for_loss: null,

    num_workers: 4,
    dist_config: { dist_backend: 'nccl', dist_url: 'tcp://localhost:54321', world_size: 1 },
  },
  /** As at 44.1 kHz, frames a little shorter, so that they and the transform stay powers of two. */
  'v1-48k': {
    resblock: '1',
    num_gpus: 0,
    batch_size: 16,
    learning_rate: 0.0002,
    adam_b1: 0.8,
    adam_b2: 0.99,
    lr_decay: 0.999,
    seed: 1234,

    upsample_rates: [8, 8, 4, 2],
    upsample_kernel_sizes: [16, 16, 8, 4],
    upsample_initial_channel: 512,
    resblock_kernel_sizes: [3, 7, 11],
    resblock_dilation_sizes: [
      [1, 3, 5],
      [1, 3, 5],
      [1, 3, 5],
    ],

    segment_size: 17920,
    num_mels: 128,
    num_freq: 1025,
    n_fft: 2048,
    hop_size: 512,
    win_size: 2048,
    sampling_rate: 48000,
    fmin: 0,
    fmax: null,
    fmax_for_loss: null,

    num_workers: 4,
    dist_config: { dist_backend: 'nccl', dist_url: 'tcp://localhost:54321', world_size: 1 },
  },
};
