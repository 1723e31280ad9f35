import { ConfigError, type ConfigProblem } from './config-error.js';
import { deriveFeatures } from './derive-features.js';
import { deriveHop } from './derive-hop.js';
import type { HifiGanConfig } from './hifi-gan-config.js';
import { readConfig } from './read-config.js';
import { nearestHops, splitHop } from './split-hop.js';

/** What a configuration is wanted for; what is left open is chosen. */
export interface DeriveOptions {
  /** What nothing is said of stays as here: a preset, or any configuration that is legal. */
  readonly base: HifiGanConfig;
  /** Hz; default: the base's. */
  readonly samplingRate?: number;
  /** Samples a mel frame. */
  readonly hopSize?: number;
  readonly nFft?: number;
  readonly winSize?: number;
  readonly numMels?: number;
  /** Hz. */
  readonly fmin?: number;
  /** Hz; null is half the sampling rate. */
  readonly fmax?: number | null;
  /** Of a training clip; becomes a whole number of frames. */
  readonly segmentSeconds?: number;
  /** What to call it in errors; default `deriveConfig`. */
  readonly where?: string;
}

/** A value of a derived configuration, and why it is that one. */
export interface Choice {
  /** The key. */
  readonly path: keyof HifiGanConfig;
  readonly value: HifiGanConfig[keyof HifiGanConfig];
  readonly reason: string;
}

export interface DerivedConfig {
  /** Complete, and legal by all rules. */
  readonly config: HifiGanConfig;
  /** Of each key that depends on sampling rate and hop. */
  readonly choices: readonly Choice[];
  /** What is allowed, but worth telling: of what was asked for, as the choices are none of these. */
  readonly notices: readonly string[];
}

/** Below lies no speech; above no recorder. Mostly it is kHz that was typed. */
const [LOWEST_RATE, HIGHEST_RATE] = [2000, 384_000];

/**
 * A legal configuration for a sampling rate and hop, as near to a base as can be: durations in seconds stay about the
 * same, the shape of the upsampling too.
 *
 * @throws ConfigError where there is none, with the nearest hops that would do, or where what is asked for does not
 *   agree
 */
export function deriveConfig(options: DeriveOptions): DerivedConfig {
  const { base, where = 'deriveConfig' } = options;
  const { samplingRate = base.sampling_rate } = options;
  refuse(where, rateProblem(samplingRate));
  const hop = deriveHop(base, samplingRate, options.hopSize);
  refuse(where, hopProblem(hop.value as number, samplingRate));
  const choices: Choice[] = [];
  if (options.samplingRate !== undefined) {
    choices.push({ path: 'sampling_rate', value: samplingRate, reason: 'as asked' });
  }
  choices.push(hop, ...deriveShape(base, hop.value as number));
  choices.push(...deriveFeatures({ ...options, samplingRate, hopSize: hop.value as number }));
  const chosen = Object.fromEntries(choices.map(({ path, value }) => [path, value]));
  // What was asked for may not agree with itself.
  const { config, notices } = readConfig({ ...base, ...chosen }, where);
  return { config, choices, notices };
}

function refuse(where: string, problem: ConfigProblem | undefined): void {
  if (problem) throw new ConfigError(where, [problem]);
}

function rateProblem(rate: number): ConfigProblem | undefined {
  if (Number.isInteger(rate) && rate >= LOWEST_RATE && rate <= HIGHEST_RATE) return undefined;
  const inHertz = Math.round(rate * 1000);
  const meant = inHertz >= LOWEST_RATE && inHertz <= HIGHEST_RATE && rate < LOWEST_RATE;
  return {
    path: 'sampling_rate',
    message:
      `${rate} must be a whole number from ${LOWEST_RATE} to ${HIGHEST_RATE}, because it counts samples a second` +
      (meant ? `; try ${inHertz}` : '; try 22050'),
  };
}

function hopProblem(hop: number, samplingRate: number): ConfigProblem | undefined {
  if (!(Number.isInteger(hop) && hop >= 2 && hop <= samplingRate)) {
    return {
      path: 'hop_size',
      message: `${hop} must be a whole number from 2 to sampling_rate ${samplingRate}, because it counts samples a frame; try ${Math.round(samplingRate / 80)}`,
    };
  }
  if (splitHop(hop, []).length > 0) return undefined;
  const nearest = nearestHops(hop).join(' or ');
  return {
    path: 'hop_size',
    message: `${hop} must be a product of upsampling rates from 2 to 16, because each stage multiplies the samples by its rate; the nearest that are: ${nearest}`,
  };
}

/** Rates, kernels and channels of the generator. */
function deriveShape(base: HifiGanConfig, hop: number): Choice[] {
  const same = base.upsample_rates.reduce((a, b) => a * b, 1) === hop;
  const rates = same ? base.upsample_rates : splitHop(hop, base.upsample_rates);
  const factors = rates.join(' × ');
  const divisor = 2 ** rates.length;
  const { upsample_initial_channel: wanted } = base;
  const channels = Math.ceil(wanted / divisor) * divisor;
  return [
    {
      path: 'upsample_rates',
      value: rates,
      reason: same
        ? `${factors} = ${hop}, the base's`
        : `${factors} = ${hop}: of all splits the most like the base's ${base.upsample_rates.join(' × ')}, largest first`,
    },
    same
      ? { path: 'upsample_kernel_sizes', value: base.upsample_kernel_sizes, reason: "the base's" }
      : {
          path: 'upsample_kernel_sizes',
          value: rates.map((rate) => 2 * rate + (rate % 2)),
          reason:
            'twice the rates, as in V1' +
            (rates.some((rate) => rate % 2 === 1)
              ? '; one more where the rate is odd, so that kernel - rate is even and padding the same on both sides'
              : ''),
        },
    {
      path: 'upsample_initial_channel',
      value: channels,
      reason:
        channels === wanted
          ? `the base's; a multiple of ${divisor}, as ${rates.length} stages halve it`
          : `the base's ${wanted}, raised to a multiple of ${divisor}, as ${rates.length} stages halve it`,
    },
  ];
}
