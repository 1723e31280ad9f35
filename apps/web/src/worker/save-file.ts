import { type Mel, melToArray, writeWav } from '@hifigan/audio';
import { writeNpy } from '@hifigan/checkpoint';
import { generatorGraph, writeOnnx } from '@hifigan/export';
import { type Bundle, cardToMetadata } from '@hifigan/vocoder';
import type { SavedFile, Saving } from '../protocol.js';
import { packVoice, zipVoice } from './pack-voice.js';
import { stemOf } from './stem-of.js';

/** What there is to be saved. */
export interface Savable {
  readonly bundle: Bundle;
  /** Of the voice. */
  readonly title: string;
  /** Hz. */
  readonly samplingRate: number;
  /** Of the sound that was opened. */
  readonly name?: string;
  readonly mel?: Mel;
  readonly original?: Float32Array;
  readonly generated?: Float32Array;
  /** What was spoken: with what the editor did to it. */
  readonly givenMel?: Mel;
}

/** Makes a file. @throws Error where there is nothing of that kind yet */
export async function saveFile(saving: Saving, from: Savable): Promise<SavedFile> {
  const stem = stemOf(from.name ?? 'sound');
  const { samplingRate } = from;
  const need = <T>(value: T | undefined): T => {
    if (value === undefined) {
      throw new Error(`save: there is no ${saving} yet; open a sound, and let the voice speak`);
    }
    return value;
  };
  const wav = (audio: Float32Array, format: 'pcm16' | 'float32') =>
    writeWav({ samplingRate, channels: [audio] }, format);
  switch (saving) {
    case 'wav':
      return file(`${stem}-generated.wav`, 'audio/wav', wav(need(from.generated), 'pcm16'));
    case 'wav-float':
      return file(
        `${stem}-generated-float32.wav`,
        'audio/wav',
        wav(need(from.generated), 'float32'),
      );
    case 'original-wav':
      return file(`${stem}.wav`, 'audio/wav', wav(need(from.original), 'pcm16'));
    case 'mel': {
      const { shape, data } = melToArray(need(from.givenMel ?? from.mel));
      return file(`${stem}.npy`, BINARY, writeNpy({ shape, data }));
    }
    case 'onnx':
      return file(`${stemOf(from.title)}.onnx`, BINARY, onnxOf(from));
    case 'bundle': {
      const { bundle, title } = from;
      const card = bundle.card ?? { name: stemOf(title) };
      return zipVoice(await packVoice(bundle, card, () => need(from.mel)));
    }
  }
}

const BINARY = 'application/octet-stream';

function file(name: string, type: string, bytes: Uint8Array): SavedFile {
  // A copy: its memory goes to the page.
  return { name, type, bytes: bytes.slice() };
}

function onnxOf({ bundle }: Savable): Uint8Array {
  const { config, weights, statistics, profile, card } = bundle;
  const graph = generatorGraph(config, weights, { ...(statistics && { statistics }) });
  const metadata = cardToMetadata(card);
  return writeOnnx(graph, { metadata, ...(profile && { profile }) });
}
