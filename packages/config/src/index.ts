export { ConfigError, type ConfigProblem } from './config-error.js';
export {
  type Choice,
  type DerivedConfig,
  type DeriveOptions,
  deriveConfig,
} from './derive-config.js';
export type { DistributedConfig, HifiGanConfig, TrainingExtensions } from './hifi-gan-config.js';
export { presets } from './presets.js';
export { type ReadConfig, readConfig } from './read-config.js';
export { configSchema, type Schema } from './schema.js';
