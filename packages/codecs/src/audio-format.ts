/** What a recording is stored as. */
export type AudioFormat = 'wav' | 'flac' | 'mp3' | 'vorbis' | 'opus' | 'ogg-flac';

/** For people. */
export const FORMAT_NAMES: Readonly<Record<AudioFormat, string>> = {
  wav: 'WAV',
  flac: 'FLAC',
  mp3: 'MP3',
  vorbis: 'Ogg Vorbis',
  opus: 'Ogg Opus',
  'ogg-flac': 'Ogg FLAC',
};

/** Names that such files usually end in, lower case, with their dots; what is in a file its bytes tell. */
export const audioExtensions: readonly string[] = [
  '.wav',
  '.flac',
  '.mp3',
  '.ogg',
  '.oga',
  '.opus',
];

/** A recording in memory: one array a channel, all of one length. */
export interface DecodedAudio {
  /** Hz. Of Opus always 48000, whatever was recorded. */
  readonly samplingRate: number;
  /** In [−1, 1); floats as stored, and lossy formats a little beyond where the recording was loud. All finite. */
  readonly channels: Float32Array[];
  readonly format: AudioFormat;
  /** How the samples were stored: `pcm16`, `flac24`, `mp3`, `vorbis`, `opus`. */
  readonly encoding: string;
}

/** What a recording says of itself, without its samples. */
export interface AudioHeader {
  readonly format: AudioFormat;
  readonly encoding: string;
  /** Hz. */
  readonly samplingRate: number;
  readonly channelCount: number;
  /** Samples of each channel. */
  readonly frames: number;
}
