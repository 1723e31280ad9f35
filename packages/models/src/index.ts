export type { GeneratorForwardOptions } from './hifigan/generator.js';
export { Generator } from './hifigan/generator.js';
export type { GeneratorConfig } from './hifigan/generator-config.js';
export type { GeneratorStage } from './hifigan/generator-layers.js';
export { generatorStructure } from './hifigan/generator-layers.js';
export type { InferredConfig } from './hifigan/infer-config.js';
export { inferConfig } from './hifigan/infer-config.js';
export type { ArraySpec, LayerSpec } from './hifigan/layer-spec.js';
export { fromUpstreamLayout } from './hifigan/layouts/from-upstream-layout.js';
export { layouts } from './hifigan/layouts/index.js';
export type { FactKey, Layout, LayoutName, Module } from './hifigan/layouts/layout.js';
export type { FactPaths, ReadFacts } from './hifigan/layouts/read-facts.js';
export { inTheirKeys, LayoutError, readFacts, valueAt } from './hifigan/layouts/read-facts.js';
export type { RecognizedLayout } from './hifigan/layouts/recognize-layout.js';
export { recognizeLayout } from './hifigan/layouts/recognize-layout.js';
export type {
  Place,
  PlacedArrays,
  PlaceOptions,
  Places,
} from './hifigan/layouts/to-upstream-layout.js';
export { placesIn, toUpstreamLayout } from './hifigan/layouts/to-upstream-layout.js';
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
export type { ResidualBlock } from './hifigan/residual-blocks.js';
export type {
  FoldedLayer,
  Network,
  UpstreamArrays,
  UpstreamShapes,
} from './hifigan/state-border.js';
export {
  arraysOf,
  checkGeneratorState,
  exportState,
  foldedLayers,
  importState,
  normedArrays,
} from './hifigan/state-border.js';
export { StateError } from './hifigan/state-error.js';
export { currentSpelling } from './hifigan/stored-form.js';
export { GeneratorStream } from './hifigan/streaming/generator-stream.js';
export type {
  DiscriminatorOptions,
  DiscriminatorOutput,
  ScorePair,
} from './hifigan/sub-discriminator.js';
export type { UpstreamArray } from './hifigan/upstream-layout.js';
export { fromUpstream, toUpstream } from './hifigan/upstream-layout.js';
