/** Made by `pnpm --filter @hifigan/benchmarks convolutions --write`. */
export const MEASURED: Readonly<
  Record<string, readonly (readonly [steps: number, passes: number])[]>
> = {};
