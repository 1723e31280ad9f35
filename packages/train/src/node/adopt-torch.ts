import { openAsBlob } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  openTorch,
  RECOGNIZED_BYTES,
  RECOGNIZED_TAIL_BYTES,
  readTorch,
  recognizeFile,
  sourceOfBlob,
  writeSafetensors,
} from '@hifigan/checkpoint';
import { fromTorchCheckpoint } from '../torch-checkpoint.js';
import { generatorMetadata } from '../trainer-state.js';
import { adviseResume } from './advise-resume.js';
import type { CheckpointFiles } from './run-folder.js';
import { writeFilesAtomically } from './write-file.js';

/**
 * The newest pair of files in a folder that the reference's trainer wrote (`g_02500000`, `do_02500000`), or that was
 * written for it; undefined where there is none, or a checkpoint of ours is as new.
 */
export async function findTorchCheckpoint(folder: string): Promise<CheckpointFiles | undefined> {
  const names = await readdir(folder);
  const numbers = (pattern: RegExp) =>
    names.flatMap((name) => {
      const digits = pattern.exec(name)?.[1];
      return digits === undefined ? [] : [digits];
    });
  const halves = new Set(numbers(/^do_(\d{8,})$/));
  const [newest] = numbers(/^g_(\d{8,})$/)
    .filter((digits) => halves.has(digits))
    .sort((a, b) => Number(b) - Number(a));
  if (newest === undefined) return undefined;
  const own = numbers(/^g_(\d{8,})\.safetensors$/);
  if (own.some((digits) => Number(digits) >= Number(newest))) return undefined;
  const files = {
    number: Number(newest),
    generator: join(folder, `g_${newest}`),
    training: join(folder, `do_${newest}`),
  };
  const kinds = await Promise.all([files.generator, files.training].map(isTorch));
  return kinds.every(Boolean) ? files : undefined;
}

async function isTorch(path: string): Promise<boolean> {
  const source = sourceOfBlob(await openAsBlob(path));
  const { size } = source;
  const head = await source.read(0, Math.min(size, RECOGNIZED_BYTES));
  const tail = await source.read(Math.max(0, size - RECOGNIZED_TAIL_BYTES), size);
  return recognizeFile(head, tail)?.kind === 'pytorch';
}

/** How far such a checkpoint is; of the whole file only a little is read. */
export async function progressOfTorch({
  training,
}: CheckpointFiles): Promise<{ readonly steps: number; readonly epoch: number }> {
  const { metadata } = await openTorch(sourceOfBlob(await openAsBlob(training)), training);
  return { steps: Number(metadata.steps) + 1, epoch: Number(metadata.epoch) };
}

/**
 * Writes such a checkpoint as one of ours beside itself, which the run then goes on from; its own files stay as they are.
 *
 * @param seed of the order of clips from here on
 * @throws FormatError where it cannot be gone on from
 */
export async function adoptTorchCheckpoint(
  files: CheckpointFiles,
  { seed, line }: { readonly seed: number; readonly line: (text: string) => void },
): Promise<void> {
  const read = async (path: string) => readTorch(await readFile(path), path);
  const state = fromTorchCheckpoint(
    { generator: await read(files.generator), training: await read(files.training) },
    { seed, where: files },
  );
  await writeFilesAtomically([
    {
      path: `${files.training}.safetensors`,
      bytes: writeSafetensors(state.training, { ...state.metadata }),
    },
    // The last: with it the checkpoint is there.
    {
      path: `${files.generator}.safetensors`,
      bytes: writeSafetensors(state.generator, generatorMetadata(state)),
    },
  ]).catch(adviseResume);
  line(
    `takes over ${files.generator} and ${files.training}, which PyTorch wrote; its epoch begins anew`,
  );
}
