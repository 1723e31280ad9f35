import type { HifiGanConfig } from './hifi-gan-config.js';

/** What is allowed, but worth knowing. */
export function noticesOf(config: HifiGanConfig): string[] {
  return [...oddStages(config), ...tooManyBands(config)];
}

function oddStages(config: HifiGanConfig): string[] {
  return config.upsample_rates.flatMap((rate, i) => {
    const kernel = config.upsample_kernel_sizes[i];
    if ((kernel - rate) % 2 === 0) return [];
    return [
      `upsample_kernel_sizes[${i}]: ${kernel} - ${rate} is odd, so that the reference would emit one sample too many in ` +
        `this stage; here padding ${Math.ceil((kernel - rate) / 2)} with output padding 1 keeps the length exact`,
    ];
  });
}

/** No rule: what comes from files may be anything, and as many as another model has. */
function tooManyBands({ num_mels, n_fft }: HifiGanConfig): string[] {
  const frequencies = Math.floor(n_fft / 2) + 1;
  if (num_mels <= frequencies) return [];
  return [
    `num_mels: ${num_mels} are more bands than an n_fft of ${n_fft} has frequencies (${frequencies}), so that ` +
      `several tell the same or nothing; take fewer, such as 80, or a larger n_fft`,
  ];
}
