export type { BootstrapOptions, IntervalMethod, MeanInterval } from './bootstrap.js';
export { bootstrapMean, MOST_RESAMPLES } from './bootstrap.js';
export type {
  CompareSpeechOptions,
  SpeechComparison,
  SpeechMeasure,
  SpeechMeasureName,
} from './compare-speech.js';
export { compareSpeech, speechMeasures } from './compare-speech.js';
export { loudnessDifference } from './loudness-difference.js';
export type { MelCepstralDistortionOptions } from './mel-cepstral-distortion.js';
export { melCepstralDistortion } from './mel-cepstral-distortion.js';
export { melDistance } from './mel-distance.js';
export type { PitchComparison } from './pitch/compare-pitch.js';
export { comparePitch } from './pitch/compare-pitch.js';
export type { PitchOptions } from './pitch/pitch-options.js';
export type { PitchTrack } from './pitch/track-pitch.js';
export { trackPitch } from './pitch/track-pitch.js';
export { siSdr } from './si-sdr.js';
export type { StftDistance, StftResolution } from './stft-distance.js';
export {
  multiResolutionStftDistance,
  parallelWaveGanResolutions,
  stftDistance,
} from './stft-distance.js';
export { estoi, stoi } from './stoi.js';
export type { MeasureSummary, PairedDifference } from './summary.js';
export { badness, pairedDifference, summarizeMeasure } from './summary.js';
