import type { StoredArray } from '@hifigan/audio';
import { readNpy, recognizeFile } from '@hifigan/checkpoint';
import { decodeAudio } from '@hifigan/codecs';
import type { InputSource } from '../protocol.js';
import { mixed } from './recording-notices.js';

/** What was given, before a voice is asked: kept, so that another voice can have it too. */
export type OpenedSound =
  | {
      readonly kind: 'recording';
      readonly name: string;
      readonly mono: Float32Array;
      /** Hz. */
      readonly samplingRate: number;
      readonly notices: readonly string[];
    }
  | { readonly kind: 'mel'; readonly name: string; readonly array: StoredArray };

/** Bytes of a file at most; decoded it has ten times as many. */
const MOST_BYTES = 2 ** 29;

/**
 * Reads what was dropped, recorded or picked.
 *
 * @throws AudioError, FormatError or Error naming the file
 */
export async function openSound(source: InputSource, signal: AbortSignal): Promise<OpenedSound> {
  if ('samples' in source) {
    const { samples: mono, samplingRate, name } = source;
    return { kind: 'recording', name, samplingRate, ...mixed([mono]) };
  }
  const { name, bytes } = await bytesOf(source, signal);
  signal.throwIfAborted();
  if (recognizeFile(bytes)?.kind === 'npy' || /\.npy$/i.test(name)) {
    const { shape, data } = readNpy(bytes, name);
    return { kind: 'mel', name, array: { shape, data } as StoredArray };
  }
  const { channels, samplingRate } = await decodeAudio(bytes, name);
  if (channels[0].length === 0) {
    throw new Error(`${name}: has no samples and must have some; record or convert it again`);
  }
  return { kind: 'recording', name, samplingRate, ...mixed(channels) };
}

async function bytesOf(
  source: Exclude<InputSource, { readonly samples: unknown }>,
  signal: AbortSignal,
): Promise<{ readonly name: string; readonly bytes: Uint8Array }> {
  if ('url' in source) {
    const { url, name } = source;
    const response = await fetch(url, { signal }).catch((error: unknown) => {
      signal.throwIfAborted();
      const { message } = error as Error;
      throw new Error(
        `${name}: cannot be fetched (${message}); look at the network, and try again`,
      );
    });
    if (!response.ok) {
      throw new Error(
        `${name}: cannot be fetched: the server answers ${response.status}; try again later`,
      );
    }
    return { name, bytes: new Uint8Array(await response.arrayBuffer()) };
  }
  const { file } = source;
  if (file.size > MOST_BYTES) {
    throw new Error(
      `${file.name}: has ${file.size} bytes and must have ${MOST_BYTES} at most, because a page holds it in memory; cut it, or take the command line: hifigan synth`,
    );
  }
  // Through a pipe that the signal breaks: a drive may never answer.
  const piped = file.stream().pipeThrough(new TransformStream(), { signal });
  return { name: file.name, bytes: new Uint8Array(await new Response(piped).arrayBuffer()) };
}
