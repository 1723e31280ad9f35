/**
 * A HiFi-GAN configuration: the keys of the reference's JSON, with its spelling. Read one with
 * `readConfig`, which also keeps keys that are not named here.
 *
 * Source: Kong, Kim, Bae, "HiFi-GAN", NeurIPS 2020, and the configuration files of its authors.
 */
export interface HifiGanConfig extends TrainingExtensions {
  /** Residual blocks with two convolutions a dilation ("1") or one ("2"). */
  readonly resblock: '1' | '2';
  /** Kept for the reference, which overwrites it with the number of GPUs it finds. */
  readonly num_gpus: number;
  /** Clips a training step, over all workers together. */
  readonly batch_size: number;
  /** AdamW's, at the start. */
  readonly learning_rate: number;
  readonly adam_b1: number;
  readonly adam_b2: number;
  /** The learning rate is multiplied by this after each epoch. */
  readonly lr_decay: number;
  readonly seed: number;

  /** Factor of each upsampling stage; their product is `hop_size`. */
  readonly upsample_rates: readonly number[];
  readonly upsample_kernel_sizes: readonly number[];
  /** Channels before the first stage; each stage halves them. */
  readonly upsample_initial_channel: number;
  readonly resblock_kernel_sizes: readonly number[];
  /** For each kernel size: three dilations in block "1", two in block "2". */
  readonly resblock_dilation_sizes: readonly (readonly number[])[];

  /** Samples of a training clip. */
  readonly segment_size: number;
  readonly num_mels: number;
  /** Read by nothing; `n_fft / 2 + 1` by custom. */
  readonly num_freq: number;
  readonly n_fft: number;
  /** Samples from one mel frame to the next. */
  readonly hop_size: number;
  readonly win_size: number;
  /** Hz. */
  readonly sampling_rate: number;
  /** Lower edge of the mel filterbank, Hz. */
  readonly fmin: number;
  /** Upper edge of the mel filterbank, Hz; null is half the sampling rate. */
  readonly fmax: number | null;
  /** The same for the mel loss of training and for validation. */
  readonly fmax_for_loss: number | null;

  /** Threads that read recordings ahead of the steps of a training; 0: none. */
  readonly num_workers: number;
  /** Kept for the reference's distributed training. */
  readonly dist_config: DistributedConfig;
}

/**
 * Keys that the reference has not: three that later vocoders added, by the names of BigVGAN's configuration files (NVIDIA,
 * MIT licence), and one of this project. Where one is absent, all is as in the reference.
 */
export interface TrainingExtensions {
  /**
   * Factor of the hidden channels of all discriminators, a multiple of 1/8; default 1. A quarter makes them sixteen times
   * less work, which on a CPU is most of a step.
   */
  readonly discriminator_channel_mult?: number;
  /** Weight of the mel loss; default 45. */
  readonly lambda_melloss?: number;
  /**
   * Whether the mel loss is a sum over seven resolutions, windows of 32 to 2048 samples with 5 to 320 bands, as
   * BigVGAN-v2 and the Descript codec have it; default false: one, that of the features.
   */
  readonly use_multiscale_melloss?: boolean;
  /**
   * Weight of the distance of magnitudes beside the mel loss, which minds what is loud and, most of all, the lowest harmonics:
   * square roots at the seven resolutions of BigVGAN-v2, and the spectrum to 700 Hz through windows of 2048 and 4096
   * samples; default 0, none. The packaged voice has 15, a `lambda_melloss` of 3 and seven resolutions, without discriminators.
   */
  readonly lambda_magnitude_loss?: number;
}

/** How the reference's processes find each other; read by nothing here. */
export interface DistributedConfig {
  readonly dist_backend: string;
  readonly dist_url: string;
  readonly world_size: number;
}
