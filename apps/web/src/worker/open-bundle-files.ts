import {
  type Bundle,
  bundleFileNames,
  ForeignError,
  filesOfBlobs,
  openBundle,
  readForeign,
} from '@hifigan/vocoder';
import { unzipModel } from './unzip-model.js';

/** A model, and what to call it. */
export interface OpenedBundle {
  readonly bundle: Bundle;
  readonly title: string;
}

/** Bytes that the page takes for a model at most: beyond, the Worker's memory ends. */
const MOST_BYTES = 2 ** 31;

/**
 * The model that some files are: a bundle, as a folder's files or zipped, or a generator of another program.
 *
 * @throws what `openBundle` and `readForeign` throw; ForeignError where the files are too large or a kind that no page
 * can run
 */
export async function openBundleFiles(files: readonly File[]): Promise<OpenedBundle> {
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const where = files.length === 1 ? files[0].name : '';
  if (bytes > MOST_BYTES) {
    throw new ForeignError(
      `${where || 'files'}: have ${bytes} bytes and must have ${MOST_BYTES} at most, because a page holds a model in memory; drop the generator alone, with its configuration`,
    );
  }
  const [only] = files;
  if (files.length === 1 && /\.zip$/i.test(only.name)) {
    return openBundleFiles(await unzipModel(only));
  }
  if (files.length === 1 && /\.onnx$/i.test(only.name)) {
    throw new ForeignError(
      `${only.name}: must be a bundle, a checkpoint or a folder of transformers', because this page runs no ONNX; drop the model that it was exported from`,
    );
  }
  const named = new Map(files.map((file) => [file.name, file]));
  if (named.has(bundleFileNames.manifest)) {
    const read = async (name: string) => {
      const file = named.get(name);
      return file && new Uint8Array(await file.arrayBuffer());
    };
    const bundle = await openBundle(read, { where: folderOf(only) });
    return { bundle, title: bundle.card?.name ?? folderOf(only) };
  }
  const read = await readForeign(filesOfBlobs(files));
  const { config, state: weights, statistics, profile, metadata, layout } = read;
  const bundle: Bundle = {
    ...{ config, weights, profile, metadata },
    notices: [`${read.files.weights}: ${layout.description}`, ...read.notices],
    ...(statistics && { statistics }),
  };
  return { bundle, title: read.files.weights };
}

/** The folder that was dropped, as far as the browser tells it. */
function folderOf({ webkitRelativePath, name }: File): string {
  const path = webkitRelativePath.split('/');
  return path.length > 1 ? path[0] : name.replace(/\.json$/, '');
}
