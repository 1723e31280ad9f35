export { checkSamples } from './check-samples.js';
export type { Pcm16 } from './encode-pcm16.js';
export { encodePcm16 } from './encode-pcm16.js';
export type { Fourier } from './fourier.js';
export { complexBuffer, createFourier } from './fourier.js';
export type { GriffinLimOptions } from './griffin-lim.js';
export { griffinLim } from './griffin-lim.js';
export { hannWindow } from './hann-window.js';
export type { LoudnessMeter } from './loudness.js';
export { createLoudnessMeter, integratedLoudness } from './loudness.js';
export type { StoredArray } from './mel-array.js';
export {
  checkMel,
  MelError,
  melFrames,
  melFromArray,
  melToArray,
  squareDoubt,
} from './mel-array.js';
export type { FilterbankKind } from './mel-filterbank.js';
export { hzToMel, melFilterbank, melToHz } from './mel-filterbank.js';
export type { FilterbankOptions, FrameOptions, MelConfig, MelOptions } from './mel-options.js';
export { melOptions } from './mel-options.js';
export type { MelPiecesOptions } from './mel-pieces.js';
export { melPieces } from './mel-pieces.js';
export type { ProfileAnalysis } from './mel-profile/analyze-profile.js';
export { createProfileAnalysis } from './mel-profile/analyze-profile.js';
export { bandStatistics } from './mel-profile/band-statistics.js';
export type { ConvertedMel, ConvertMelOptions } from './mel-profile/convert-mel.js';
export { convertMel } from './mel-profile/convert-mel.js';
export type { MelCandidate } from './mel-profile/mel-candidate.js';
export type { MelNormalisation, MelProfile, MelStatistics } from './mel-profile/mel-profile.js';
export { profileOfConfig } from './mel-profile/mel-profile.js';
export type { NamedMelProfile } from './mel-profile/mel-profiles.js';
export { melProfile, melProfiles } from './mel-profile/mel-profiles.js';
export { orderDoubt } from './mel-profile/order-doubt.js';
export { readMelProfile } from './mel-profile/read-mel-profile.js';
export type {
  MelRecognition,
  RecognizeMelOptions,
} from './mel-profile/recognize-mel.js';
export { recognizeMel } from './mel-profile/recognize-mel.js';
export { sameMel } from './mel-profile/same-mel.js';
export type {
  MelPhases,
  MelRefinement,
  MelRefinementOptions,
} from './mel-refinement/mel-refinement.js';
export { checkPhases, createMelRefinement, melPhases } from './mel-refinement/mel-refinement.js';
export type { Mel, MelSpectrogram } from './mel-spectrogram.js';
export { createMelSpectrogram } from './mel-spectrogram.js';
export { mulberry32 } from './mulberry32.js';
export type { MeasuredLevel, OutputGainOptions } from './output-gain.js';
export { checkGain, gainFor, outputGain } from './output-gain.js';
export type { DitherOptions } from './quantize.js';
export { clippedSamples, quantize, triangularNoise } from './quantize.js';
export { reflectPad } from './reflect-pad.js';
export type { ResampleOptions, Resampler, StreamingResampler } from './resample.js';
export {
  besselI0,
  checkResampling,
  createResampler,
  kaiserBest,
  kaiserFast,
  resample,
  resampleStream,
} from './resample.js';
export type { SoundSpan } from './silence.js';
export { findSound, framePower, LEVEL_FRAME, LEVEL_HOP } from './silence.js';
export type {
  SpectralSubtraction,
  SpectralSubtractionOptions,
} from './spectral-subtraction.js';
export { createSpectralSubtraction, firstFrameMagnitudes } from './spectral-subtraction.js';
export type { Spectrum, Stft } from './stft.js';
export { createStft, stft } from './stft.js';
export { toMono } from './to-mono.js';
export type { ReadWavOptions } from './wav/read-wav.js';
export { readWav } from './wav/read-wav.js';
export type { WavDecoder, WavDecoderOptions } from './wav/wav-decoder.js';
export { createWavDecoder } from './wav/wav-decoder.js';
export type { Audio, WavAudio, WavFormat } from './wav/wav-format.js';
export { WavError, wavFormats } from './wav/wav-format.js';
export type { ReadWavHeaderOptions, WavHeader } from './wav/wav-header.js';
export { readWavHeader } from './wav/wav-header.js';
export type { WavStreamHeaderOptions } from './wav/wav-stream-header.js';
export { wavStreamHeader } from './wav/wav-stream-header.js';
export { writeWav } from './wav/write-wav.js';
