/**
 * The configuration of a model of the smallest kind, complete: a training step on tfjs's plain backend takes a
 * fraction of a second. (Not typed as `HifiGanConfig`: `config` is tested with the testkit. Whoever takes it as one
 * checks it.)
 */
export const tinyConfig = {
  resblock: '2' as '1' | '2',
  num_gpus: 0,
  batch_size: 2,
  learning_rate: 0.0002,
  adam_b1: 0.8,
  adam_b2: 0.99,
  lr_decay: 0.999,
  seed: 1234,

  upsample_rates: [8, 8],
  upsample_kernel_sizes: [16, 16],
  upsample_initial_channel: 8,
  resblock_kernel_sizes: [3],
  resblock_dilation_sizes: [[1, 2]],

  segment_size: 1024,
  num_mels: 12,
  num_freq: 1025,
  n_fft: 256,
  hop_size: 64,
  win_size: 256,
  sampling_rate: 8000,
  fmin: 0,
  fmax: 4000,
  fmax_for_loss: null,

  num_workers: 0,
  dist_config: { dist_backend: 'nccl', dist_url: 'tcp://localhost:54321', world_size: 1 },
};
