import type { HifiGanConfig } from './hifi-gan-config.js';

/** What is allowed, but worth knowing. */
export function noticesOf(config: HifiGanConfig): string[] {
  return config.upsample_rates.flatMap((rate, i) => {
    const kernel = config.upsample_kernel_sizes[i];
    if ((kernel - rate) % 2 === 0) return [];
    return [
      `upsample_kernel_sizes[${i}]: ${kernel} - ${rate} is odd, so that the reference would emit one sample too many in ` +
        `this stage; here padding ${Math.ceil((kernel - rate) / 2)} with output padding 1 keeps the length exact`,
    ];
  });
}
