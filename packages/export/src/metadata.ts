import { type HifiGanConfig, readConfig } from '@hifigan/config';
import { bytesFields, fieldAt } from './protobuf.js';

/** Under this key lies the whole configuration, as JSON. */
const CONFIG = 'config';

/**
 * What an ONNX file says of itself: `model_type` and `sample_rate` by the names that sherpa-onnx gives them, what else
 * a program needs to make mels by those of its other vocoders, and the configuration.
 */
export function metadataOf(config: HifiGanConfig): Record<string, string> {
  const facts = {
    model_type: 'hifigan',
    version: 1,
    sample_rate: config.sampling_rate,
    n_fft: config.n_fft,
    hop_length: config.hop_size,
    window_length: config.win_size,
    num_mels: config.num_mels,
    fmin: config.fmin,
    fmax: config.fmax ?? config.sampling_rate / 2,
  };
  return {
    ...Object.fromEntries(Object.entries(facts).map(([key, value]) => [key, String(value)])),
    [CONFIG]: JSON.stringify(config),
  };
}

/** Under this key lies what the numbers of its mels mean, as JSON. */
export const PROFILE_KEY = 'mel_profile';

/** A file of which parts can be read; `ByteSource` of @hifigan/checkpoint is one. */
export interface RangeSource {
  readonly size: number;
  read(start: number, end: number): Promise<Uint8Array>;
}

/** As many bytes as the number of a field and its length take together, at most. */
const HEADER = 20;

/**
 * What an ONNX file says of itself, by key; of any ONNX file. Its graph, which is nearly all of it, is passed over.
 *
 * @throws RangeError where the bytes are none
 */
export async function readOnnxMetadata(source: RangeSource): Promise<ReadonlyMap<string, string>> {
  const text = (field: Uint8Array) => new TextDecoder().decode(field);
  const metadata = new Map<string, string>();
  for (let at = 0; at < source.size; ) {
    const head = await source.read(at, Math.min(source.size, at + HEADER));
    const { number, start, end } = fieldAt(head, source.size - at);
    if (number === 14) {
      const parts = [...bytesFields(await source.read(at + start, at + end))];
      const [key = '', value = ''] = [1, 2].map((part) => {
        const found = parts.find((field) => field.number === part);
        return found && text(found.bytes);
      });
      metadata.set(key, value);
    }
    at += end;
  }
  return metadata;
}

/**
 * The configuration that an ONNX file of ours holds: how its mels are made, and how it is built.
 *
 * @param metadata what {@link readOnnxMetadata} gave
 * @param where what to call the file in errors
 * @returns undefined where it holds none
 * @throws ConfigError where it is none that can be used
 */
export function readOnnxConfig(
  metadata: ReadonlyMap<string, string>,
  where = 'model',
): HifiGanConfig | undefined {
  const text = metadata.get(CONFIG);
  return text === undefined ? undefined : readConfig(text, `${where}: ${CONFIG}`).config;
}

/**
 * The profile of its mels that an ONNX file of ours holds, as it was handed over.
 *
 * @returns undefined where it holds none
 * @throws RangeError where it is no JSON
 */
export function readOnnxProfile(metadata: ReadonlyMap<string, string>, where = 'model'): unknown {
  const text = metadata.get(PROFILE_KEY);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new RangeError(
      `${where}: ${PROFILE_KEY} must be JSON, because it says what the numbers of its mels mean, and is ${JSON.stringify(text.slice(0, 40))}; export it anew`,
      { cause },
    );
  }
}
