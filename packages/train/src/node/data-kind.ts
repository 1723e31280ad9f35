import { open } from 'node:fs/promises';
import { readSafetensorsHeader, safetensorsHeaderEnd } from '@hifigan/checkpoint';
import type { DataKind, DataOptions } from './data-options.js';
import { clipsDigest } from './file-list.js';
import { referenceMetadata } from './reference-checkpoint.js';
import type { CheckpointFiles } from './run-folder.js';

export interface SettleOptions {
  readonly data: DataOptions;
  /** Names of the clips. */
  readonly ids: readonly string[];
  /** What the run goes on from; absent in a new one. */
  readonly from: CheckpointFiles | undefined;
  readonly warn: (text: string) => void;
}

/** No header of ours is as long. */
const MOST_HEADER_BYTES = 2 ** 26;

/** What a checkpoint's file of the training says of its data. */
export function dataMetadata(kind: DataKind): Readonly<Record<string, string>> {
  return {
    input_mels: kind.inputMels,
    crop_context: String(kind.cropContext),
    training_clips: kind.clips,
  };
}

/**
 * What a run learns from: what was asked for, else what it began with.
 *
 * @throws where it learned from mels in files and nobody says where they are: it would go on with other ones in silence
 */
export async function settleDataKind({ data, ids, from, warn }: SettleOptions): Promise<DataKind> {
  const asked = data.mels === undefined ? undefined : data.mels === false ? 'recordings' : 'files';
  const clips = clipsDigest(ids);
  const before = from && (await storedKind(from.training));
  if (!before) {
    return { inputMels: asked ?? 'recordings', cropContext: data.cropContext ?? false, clips };
  }
  if (before.inputMels === 'files' && asked === undefined) {
    throw new Error(
      `${from.training}: was trained on mels from files, so the run must be told where they are, because weights that learned from them suit no others; give them again (--mels DIR or --fine_tuning True --input_mels_dir DIR), ` +
        'or say that it shall go on with those of the recordings (--fine_tuning False)',
    );
  }
  const kind = {
    inputMels: asked ?? before.inputMels,
    cropContext: data.cropContext ?? before.cropContext,
    clips,
  };
  if (kind.inputMels !== before.inputMels) {
    warn(
      kind.inputMels === 'files'
        ? 'goes on with mels from files: until now it learned from those of the recordings'
        : 'goes on with the mels of the recordings: until now it learned from those in files',
    );
  }
  if (kind.cropContext !== before.cropContext) {
    warn(
      kind.cropContext
        ? 'goes on with crops that see the audio beside them: until now they were mirrored'
        : 'goes on with crops that are mirrored: until now they saw the audio beside them',
    );
  }
  if (before.clips !== undefined && before.clips !== clips) {
    const [many] = before.clips.split(' ');
    warn(
      Number(many) === ids.length
        ? `the training list names other clips than in the run, or in another order: no more goes on as if it had never stopped`
        : `the training list: ${many} clips in the run, ${ids.length} now: no more goes on as if it had never stopped`,
    );
  }
  return kind;
}

/** Of a checkpoint; those of older versions do not say, and had no choice. */
async function storedKind(
  path: string,
): Promise<Omit<DataKind, 'clips'> & { readonly clips: string | undefined }> {
  const metadata =
    (await (path.endsWith('.safetensors') ? readMetadata : referenceMetadata)(path)) ?? {};
  return {
    inputMels: metadata.input_mels === 'files' ? 'files' : 'recordings',
    cropContext: metadata.crop_context === 'true',
    clips: metadata.training_clips,
  };
}

/** Undefined where there is no header that can be read: whoever reads the arrays says why. */
async function readMetadata(path: string): Promise<Readonly<Record<string, string>> | undefined> {
  const file = await open(path, 'r');
  try {
    const read = async (length: number) => {
      const bytes = new Uint8Array(length);
      const { bytesRead } = await file.read(bytes, 0, length, 0);
      return bytes.subarray(0, bytesRead);
    };
    const first = await read(8);
    const end = first.length === 8 ? safetensorsHeaderEnd(first) : 0;
    if (!(end > 8 && end <= MOST_HEADER_BYTES)) return undefined;
    return readSafetensorsHeader(await read(end))?.metadata;
  } finally {
    await file.close();
  }
}
