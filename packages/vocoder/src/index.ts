export { checkMel, MelError, melFromArray, melToArray, squareDoubt } from '@hifigan/audio';
export { breather } from './breather.js';
export type { Bundle } from './bundle.js';
export { profileOf, readBundle, writeBundle } from './bundle.js';
export type { BundleArchive } from './bundle-archive.js';
export { BundleError } from './bundle-error.js';
export type { BundleFiles, BundlePart, BundlePlaces } from './bundle-files.js';
export { bundleFileNames } from './bundle-files.js';
export type {
  BundleReader,
  BundleReaderOptions,
  BundleSource,
  ReadBundleFile,
} from './bundle-source.js';
export { directoryReader } from './bundle-source.js';
export type { VoiceCard } from './card.js';
export { readCard, refinementKeys, refinementOf } from './card.js';
export { cardFromMetadata, cardToMetadata } from './card-metadata.js';
export type { GoldenCheck } from './check-golden.js';
export { checkGolden, GoldenError, outputDifference } from './check-golden.js';
export type { Engine, EngineFactory, EngineStream } from './engine.js';
export { EngineError } from './engine-error.js';
export { foldBundle } from './fold-bundle.js';
export { ForeignError } from './foreign/foreign-error.js';
export type { ForeignFiles } from './foreign/foreign-files.js';
export { filesInMemory, filesOfBlobs } from './foreign/foreign-files.js';
export type { PickledModule } from './foreign/places-in-torch.js';
export { moduleIn } from './foreign/places-in-torch.js';
export type { ForeignGenerator, ReadRecognizedOptions } from './foreign/read-foreign.js';
export { readForeign, readRecognized } from './foreign/read-foreign.js';
export type { ForeignChoice, RecognizedForeign } from './foreign/recognize-foreign.js';
export { recognizeForeign } from './foreign/recognize-foreign.js';
export { savingOfModule } from './foreign/state-in-torch.js';
export type { Golden } from './golden.js';
export { GOLDEN_TOLERANCE } from './golden.js';
export { GOLDEN_FRAMES, loudestFrames } from './loudest-frames.js';
export type {
  BundleManifest,
  FileSeal,
  OutputDifference,
  WeightsPrecision,
} from './manifest.js';
export { BUNDLE_FORMAT, readManifest } from './manifest.js';
export { manifestSchema } from './manifest-schema.js';
export { melDoubt } from './mel-doubt.js';
export type { OpenBundleOptions, ReadPartsOptions, Verification } from './open-bundle.js';
export { openBundle, readParts } from './open-bundle.js';
export type { PackBundleOptions, PackedBundle } from './pack-bundle.js';
export { packBundle } from './pack-bundle.js';
export { readMelStatistics } from './read-mel-statistics.js';
export type { ManifestSeal } from './seal-manifest.js';
export { manifestSeal, sealManifest } from './seal-manifest.js';
export { sha256 } from './sha256.js';
export { tfjsEngine } from './tfjs-engine.js';
export type { PartBytes } from './verify-files.js';
export { verifyFiles, verifyListed } from './verify-files.js';
export type {
  LevelOptions,
  LoadVocoderOptions,
  SpeakOptions,
  StreamOptions,
  SynthesizeBatchOptions,
  SynthesizeOptions,
} from './vocoder.js';
export { Vocoder } from './vocoder.js';
export { VocoderDisposedError } from './vocoder-disposed-error.js';
