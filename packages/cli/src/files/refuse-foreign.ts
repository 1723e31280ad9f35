import { open } from 'node:fs/promises';
import { type FileKind, RECOGNIZED_BYTES, recognizeFile } from '@hifigan/checkpoint';
import { REASONS, UserError } from '../errors.js';

/** The cure for torch checkpoints, which a later version reads itself. */
export const TORCH_ADVICE =
  'reading those is not here yet; turn it into safetensors with Python: ' +
  'import torch, safetensors.torch as s; s.save_file({k: v.contiguous() for k, v in torch.load("IN", ' +
  'map_location="cpu")["generator"].items()}, "OUT.safetensors")';

/** Whether PyTorch wrote a file, by its first bytes. */
export function isTorchFile(bytes: Uint8Array): boolean {
  const kind = recognizeFile(bytes)?.kind;
  return kind === 'pytorch' || kind === 'zip';
}

/**
 * Refuses a file that is no weights, by its first bytes; what they do not tell, the reader of weights does.
 *
 * @param shown what to call it
 * @throws UserError that says what it is
 */
export async function refuseForeignWeights(path: string, shown: string): Promise<void> {
  const found = recognizeFile(await headOf(path, shown));
  if (!found || found.kind === 'safetensors') return;
  const is = `${shown}: it is ${found.description}`;
  if (found.kind === 'pytorch' || found.kind === 'zip') {
    throw new UserError(`${is}; ${TORCH_ADVICE}`);
  }
  const configuration =
    found.kind === 'json' ? '; a configuration goes to --config, or lies beside the weights' : '';
  throw new UserError(`${is}, where weights (.safetensors) are needed${configuration}`);
}

/**
 * Refuses an input that is neither of the kinds that are wanted.
 *
 * @param wanted for people, `a recording (.wav)`
 * @throws UserError that says what it is
 */
export function refuseForeignInput(
  bytes: Uint8Array,
  shown: string,
  { wanted, kinds }: { readonly wanted: string; readonly kinds: readonly FileKind[] },
): void {
  const found = recognizeFile(bytes);
  // These the WAV reader tells as well, and how to convert them.
  const others: readonly FileKind[] = ['audio', 'text', 'empty', ...kinds];
  if (!found || others.includes(found.kind)) return;
  const weights = ['pytorch', 'zip', 'safetensors'].includes(found.kind);
  const advice = weights ? '; weights go to --checkpoint' : '';
  throw new UserError(`${shown}: it is ${found.description}, where ${wanted} is needed${advice}`);
}

async function headOf(path: string, shown: string): Promise<Uint8Array> {
  const refuse = (error: NodeJS.ErrnoException) => {
    throw new UserError(`${shown}: cannot be read: ${REASONS[error.code ?? ''] ?? error.message}`);
  };
  const file = await open(path, 'r').catch(refuse);
  try {
    const head = new Uint8Array(RECOGNIZED_BYTES);
    const { bytesRead } = await file.read(head, 0, head.length, 0).catch(refuse);
    return head.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
