export type { GeneratorForwardOptions } from './hifigan/generator.js';
export { Generator } from './hifigan/generator.js';
export type { GeneratorConfig } from './hifigan/generator-config.js';
export type { ArraySpec, LayerSpec } from './hifigan/layer-spec.js';
export type { MultiPeriodForwardOptions } from './hifigan/multi-period-discriminator.js';
export { MultiPeriodDiscriminator, PERIODS } from './hifigan/multi-period-discriminator.js';
export type {
  MultiScaleForwardOptions,
  MultiScalePairOptions,
  SpectralPair,
} from './hifigan/multi-scale-discriminator.js';
export { MultiScaleDiscriminator } from './hifigan/multi-scale-discriminator.js';
export type { Filters, NetworkState, SpectralState } from './hifigan/network-state.js';
export type { LayerWork, NetworkWork } from './hifigan/network-work.js';
export { generatorWork, multiPeriodWork, multiScaleWork } from './hifigan/network-work.js';
export type { ReceptiveField } from './hifigan/receptive-field.js';
export { receptiveField } from './hifigan/receptive-field.js';
export type { Network, UpstreamArrays, UpstreamShapes } from './hifigan/state-border.js';
export { arraysOf, checkGeneratorState, exportState, importState } from './hifigan/state-border.js';
export { StateError } from './hifigan/state-error.js';
export type { DiscriminatorOutput, ScorePair } from './hifigan/sub-discriminator.js';
export type { UpstreamArray } from './hifigan/upstream-layout.js';
export { fromUpstream, toUpstream } from './hifigan/upstream-layout.js';
