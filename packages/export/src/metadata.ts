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

/** Bytes that are read at once: fields beside the graph are small, and each read costs a call of the system. */
const BLOCK = 65_536;

/** Numbers of a model's fields: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto, ModelProto. */
const GRAPH = 7;
const METADATA = 14;

/** Fields that a model has at most: real ones have tens, and a file of other bytes would have one for every two. */
const MOST_FIELDS = 100_000;

/**
 * What an ONNX file says of itself, by key; of any ONNX file. Its graph, which is nearly all of it, is passed over.
 *
 * @throws RangeError where the bytes are none: damaged, or without a graph
 */
export async function readOnnxMetadata(source: RangeSource): Promise<ReadonlyMap<string, string>> {
  const text = (field: Uint8Array) => new TextDecoder().decode(field);
  const bytesAt = inBlocks(source);
  const metadata = new Map<string, string>();
  let hasGraph = false;
  let fields = 0;
  for (let at = 0; at < source.size; ) {
    const head = await bytesAt(at, Math.min(source.size, at + HEADER));
    const { number, isBytes, start, end } = fieldAt(head, source.size - at);
    if (++fields > MOST_FIELDS) {
      throw new RangeError(`a model must have ${MOST_FIELDS} fields at most, and has more`);
    }
    hasGraph ||= number === GRAPH && isBytes;
    if (number === METADATA && isBytes) {
      const parts = [...bytesFields(await bytesAt(at + start, at + end))];
      const [key = '', value = ''] = [1, 2].map((part) => {
        const found = parts.find((field) => field.number === part);
        return found && text(found.bytes);
      });
      metadata.set(key, value);
    }
    at += end;
  }
  if (!hasGraph) throw new RangeError('a model must have a graph, and there is none');
  return metadata;
}

/** Reads of a source of which the small ones are views of a block that is read once. */
function inBlocks(source: RangeSource): RangeSource['read'] {
  let block = new Uint8Array(0);
  let first = 0;
  return async (start, end) => {
    if (start < first || end > first + block.length) {
      if (end - start > BLOCK) return source.read(start, end);
      block = new Uint8Array(await source.read(start, Math.min(source.size, start + BLOCK)));
      first = start;
    }
    return block.subarray(start - first, end - first);
  };
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
