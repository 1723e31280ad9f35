import { readWav } from '@hifigan/audio';
import { fail, named } from './audio-error.js';
import type { AudioFormat, DecodedAudio } from './audio-format.js';
import { recognizeAudio, refuseUnknown } from './recognize-audio.js';

type Decode = (bytes: Uint8Array) => Promise<DecodedAudio>;

/** Loaded when a file of the format is met: whoever reads WAV alone pays for nothing else. */
const DECODERS: Readonly<Record<AudioFormat, () => Promise<Decode>>> = {
  wav: async () => decodeWav,
  flac: async () => (await import('./flac/decode-flac.js')).decodeFlac,
  mp3: async () => (await import('./mp3/decode-mp3.js')).decodeMp3,
  vorbis: async () => (await import('./ogg/decode-ogg.js')).decodeOgg,
  opus: async () => (await import('./ogg/decode-ogg.js')).decodeOgg,
  'ogg-flac': async () => (await import('./ogg/decode-ogg.js')).decodeOgg,
};

/**
 * Decodes a recording: WAV, FLAC, MP3, Ogg Vorbis, Ogg Opus or Ogg FLAC, by what its bytes say. All of it is there
 * afterwards, or nothing: a file that is cut off or damaged is refused as far as its format lets that be seen.
 *
 * @param bytes the whole file
 * @param name what to call it in errors
 * @throws AudioError where the file is none of these, is damaged, cut off, changes its rate or number of channels, or
 * holds NaN or infinity
 */
export function decodeAudio(bytes: Uint8Array, name: string): Promise<DecodedAudio> {
  return named(name, async () => {
    const format = recognizeAudio(bytes) ?? refuseUnknown(bytes);
    const decode = await DECODERS[format]();
    const audio = await decode(bytes);
    checkFinite(audio);
    return audio;
  });
}

async function decodeWav(bytes: Uint8Array): Promise<DecodedAudio> {
  const { samplingRate, channels, format } = readWav(bytes);
  return { samplingRate, channels, format: 'wav', encoding: format };
}

function checkFinite({ channels }: DecodedAudio): void {
  for (const [index, channel] of channels.entries()) {
    const at = channel.findIndex((value) => !Number.isFinite(value));
    if (at < 0) continue;
    fail(
      `it is damaged: sample ${at} of channel ${index} becomes ${channel[at]}. Copy it again, or leave it out`,
    );
  }
}
