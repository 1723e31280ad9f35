import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import {
  type ByteSource,
  type FileKind,
  RECOGNIZED_BYTES,
  RECOGNIZED_TAIL_BYTES,
  type RecognizedFile,
  readSafetensorsHeader,
  recognizeFile,
  type SafetensorsHeader,
  safetensorsHeaderEnd,
} from '@hifigan/checkpoint';
import { REASONS, UserError } from '../errors.js';
import { whyNoGenerator } from '../model/weights-kind.js';
import { npzAdvice } from './npz-advice.js';
import { refuseSpecial } from './refuse-special.js';

/**
 * Refuses a file that is no generator, by what it says of itself and its first and last bytes, never by its name; what
 * they do not tell, the reader of weights does.
 *
 * @param shown what to call it
 * @throws UserError that says what it is
 */
export async function refuseForeignWeights(path: string, shown: string): Promise<void> {
  const found = await recognizeOnDisk(path, shown);
  if (found?.kind === 'safetensors') {
    const header = await headerOnDisk(path);
    const reason = header && whyNoGenerator(header.names, header.metadata, basename(path));
    if (reason) throw new UserError(`${shown}: ${reason}`);
    return;
  }
  if (!found) return;
  const is = `${shown}: it is ${found.description}`;
  if (found.kind === 'pytorch' || found.kind === 'npz') {
    throw new UserError(
      `${is}, and must have the configuration of its generator beside it, because the model cannot be built without; copy it there (config.json; of ParallelWaveGAN and ESPnet config.yml), or name it with --config`,
    );
  }
  const advice =
    found.kind === 'json' ? '; a configuration goes to --config, or lies beside the weights' : '';
  throw new UserError(`${is}, where weights (.safetensors, PyTorch's or .npz) are needed${advice}`);
}

/** What {@link refuseForeignInput} is told of an input. */
interface WantedInput {
  /** For people, `a recording (.wav)`. */
  readonly wanted: string;
  readonly kinds: readonly FileKind[];
  /** All of it, where it can be read. */
  readonly source?: ByteSource;
}

/**
 * Refuses an input that is neither of the kinds that are wanted.
 *
 * @param bytes its first ones
 * @throws UserError that says what it is
 */
export async function refuseForeignInput(
  bytes: Uint8Array,
  shown: string,
  { wanted, kinds, source }: WantedInput,
): Promise<void> {
  const found = recognizeFile(bytes);
  // These the WAV reader tells as well, and how to convert them.
  const others: readonly FileKind[] = ['audio', 'text', 'empty', ...kinds];
  if (!found || others.includes(found.kind)) return;
  const weights = ['pytorch', 'safetensors'].includes(found.kind);
  const advice = weights
    ? '; weights go to --checkpoint'
    : found.kind === 'npz'
      ? `; ${await npzAdvice(source, shown)}`
      : '';
  throw new UserError(`${shown}: it is ${found.description}, where ${wanted} is needed${advice}`);
}

/** What a safetensors file says of itself; undefined where it is damaged or no such file. */
export async function headerOnDisk(path: string): Promise<SafetensorsHeader | undefined> {
  const file = await open(path, 'r').catch(() => undefined);
  try {
    const read = async (length: number) => {
      const bytes = new Uint8Array(length);
      const { bytesRead } = (await file?.read(bytes, 0, length, 0)) ?? { bytesRead: 0 };
      return bytes.subarray(0, bytesRead);
    };
    const head = await read(RECOGNIZED_BYTES);
    if (recognizeFile(head)?.kind !== 'safetensors') return undefined;
    const { size = 0 } = (await file?.stat()) ?? {};
    return readSafetensorsHeader(await read(Math.min(size, safetensorsHeaderEnd(head))));
  } finally {
    await file?.close();
  }
}

/** What a file is, by its first and last bytes. */
export async function recognizeOnDisk(
  path: string,
  shown: string,
): Promise<RecognizedFile | undefined> {
  const refuse = (error: NodeJS.ErrnoException) => {
    throw new UserError(`${shown}: cannot be read: ${REASONS[error.code ?? ''] ?? error.message}`);
  };
  await refuseSpecial(path, shown);
  const file = await open(path, 'r').catch(refuse);
  try {
    const { size } = await file.stat();
    const read = async (length: number, from: number) => {
      const bytes = new Uint8Array(length);
      const { bytesRead } = await file.read(bytes, 0, length, from).catch(refuse);
      return bytes.subarray(0, bytesRead);
    };
    const tail = await read(RECOGNIZED_TAIL_BYTES, Math.max(0, size - RECOGNIZED_TAIL_BYTES));
    return recognizeFile(await read(RECOGNIZED_BYTES, 0), tail);
  } finally {
    await file.close();
  }
}
