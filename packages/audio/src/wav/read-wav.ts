import { checkFinite, decodeSamples } from './decode-samples.js';
import { type WavAudio, WavError } from './wav-format.js';
import { checkWhole, type Fail, findData, type Header } from './wav-header.js';

export interface ReadWavOptions {
  /**
   * What to do with a file that ends before its data does: refuse it (the default), or keep the whole samples that
   * are there.
   */
  readonly truncated?: 'refuse' | 'keep';
}

/**
 * Reads a WAV file: PCM of 8, 16, 24 and 32 bits, floats of 32 and 64, plain or extensible headers, RF64, any
 * number of channels, chunks of any other kind, odd lengths with or without their padding. Sizes that a writer
 * to a pipe could not know (0, 0xFFFFFFFF and others from 0x7FFFF000 up) mean "to the end of the file".
 *
 * @param bytes the whole file
 * @param where what to call it in errors (a path or URL)
 * @returns samples in [−1, 1), floats as stored. Never allocates by a size that only the header claims.
 * @throws WavError where the bytes are no WAV file, are cut off, are compressed, or hold NaN or infinity
 */
export function readWav(
  bytes: Uint8Array,
  where = 'wav',
  { truncated = 'refuse' }: ReadWavOptions = {},
): WavAudio {
  const fail: Fail = (problem, advice) => {
    throw new WavError(where, problem, advice);
  };
  const data = findData(bytes, bytes.length, fail);
  // The whole file is here, so that there is no more to ask for.
  if (data === undefined) return fail('it ends before its samples begin. Copy it again');
  const { header, start, declared, left } = data;
  if (truncated === 'refuse') checkWhole(data, fail);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return decode(view, start, Math.min(declared, left), header, fail);
}

function decode(
  view: DataView,
  start: number,
  length: number,
  header: Header,
  fail: Fail,
): WavAudio {
  const { format, samplingRate, channelCount, frameBytes } = header;
  const frames = Math.floor(length / frameBytes);
  const samples = new DataView(view.buffer, view.byteOffset + start, frames * frameBytes);
  const channels = decodeSamples(samples, format, channelCount, frames);
  checkFinite(channels, format, { fail, first: 0 });
  return { samplingRate, channels, format };
}
