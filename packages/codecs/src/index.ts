export { AudioError } from './audio-error.js';
export type { AudioFormat, AudioHeader, DecodedAudio } from './audio-format.js';
export { audioExtensions } from './audio-format.js';
export { decodeAudio } from './decode-audio.js';
export { flacEndsWhole } from './flac/flac-ends-whole.js';
export type { ReadAudioHeaderOptions } from './read-audio-header.js';
export { readAudioHeader } from './read-audio-header.js';
export { recognizeAudio } from './recognize-audio.js';
