import { openZip, sourceOfBlob } from '@hifigan/checkpoint';
import {
  type Bundle,
  bundleFileNames,
  ForeignError,
  filesOfBlobs,
  openBundle,
  readForeign,
} from '@hifigan/vocoder';

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
 * @throws what `openZip`, `openBundle` and `readForeign` throw; ForeignError where the files are too large or a kind that no page
 * can run
 */
export async function openBundleFiles(files: readonly File[]): Promise<OpenedBundle> {
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const where = files.length === 1 ? files[0].name : '';
  refuseLarge(bytes, where || 'files');
  const [only] = files;
  if (files.length === 1 && /\.zip$/i.test(only.name)) {
    return openBundleFiles(await filesInZip(only));
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

/** @throws ForeignError */
function refuseLarge(bytes: number, where: string): void {
  if (bytes <= MOST_BYTES) return;
  throw new ForeignError(
    `${where}: must have ${MOST_BYTES} bytes at most, because a page holds a model in memory, but has ${bytes}; drop the generator alone, with its configuration`,
  );
}

/** The files of a zipped model, without its folders. */
async function filesInZip(archive: File): Promise<File[]> {
  let bytes = 0;
  const keep = (path: string, size: number) => {
    if (path.startsWith('__MACOSX/')) return false;
    bytes += size;
    return bytes <= MOST_BYTES;
  };
  const files = await openZip(sourceOfBlob(archive), archive.name, { keep });
  refuseLarge(bytes, archive.name);
  return Promise.all(
    [...files].map(async ([path, file]) => {
      const bytes = await file.read(0, file.size);
      return new File([bytes.slice()], path.slice(path.lastIndexOf('/') + 1));
    }),
  );
}

/** The folder that was dropped, as far as the browser tells it. */
function folderOf({ webkitRelativePath = '', name }: File): string {
  const path = webkitRelativePath.split('/');
  return path.length > 1 ? path[0] : name.replace(/\.json$/, '');
}
