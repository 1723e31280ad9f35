import { type HifiGanConfig, readConfig } from '@hifigan/config';
import { bytesFields } from './protobuf.js';

/** Under this key lies the whole configuration, as JSON. */
const CONFIG = 'config';

/**
 * What an ONNX file says of itself: `model_type` and `sample_rate` by the names that sherpa-onnx gives them, what else a
 * program needs to make mels by those of its other vocoders, and the configuration.
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

/**
 * What an ONNX file says of itself, by key; of any ONNX file.
 *
 * @throws RangeError where the bytes are none
 */
export function readOnnxMetadata(bytes: Uint8Array): ReadonlyMap<string, string> {
  const text = (field: Uint8Array) => new TextDecoder().decode(field);
  const metadata = new Map<string, string>();
  for (const { number, bytes: entry } of bytesFields(bytes)) {
    if (number !== 14) continue;
    const [key = '', value = ''] = [1, 2].map((part) => {
      const found = [...bytesFields(entry)].find((field) => field.number === part);
      return found && text(found.bytes);
    });
    metadata.set(key, value);
  }
  return metadata;
}

/**
 * The configuration that an ONNX file of ours holds: how its mels are made, and how it is built.
 *
 * @param where what to call the file in errors
 * @returns undefined where it holds none
 * @throws ConfigError where it is none that can be used; RangeError where the bytes are no ONNX file
 */
export function readOnnxConfig(bytes: Uint8Array, where = 'model'): HifiGanConfig | undefined {
  const text = readOnnxMetadata(bytes).get(CONFIG);
  return text === undefined ? undefined : readConfig(text, `${where}: config`).config;
}
