import { audioExtensions } from '@hifigan/codecs';

/** What was dropped, by what it is for. */
export interface SortedFiles<F> {
  /** A recording or a mel. */
  readonly sound?: F;
  /** Files of a model; empty where there is none. */
  readonly model: readonly F[];
  /** What more than one sound there is. */
  readonly leftOut: readonly F[];
}

const MODEL = /\.(json|ya?ml|pth|pt|tar|bin|ckpt|pkl|nemo|safetensors|zip|h5|onnx)$/i;
/** Checkpoints of the reference have no ending. */
const CHECKPOINT = /^(g|do|ema)_\d+$|^generator[^.]*$/;
/** What models bring beside their weights and is no mel. */
const STATISTICS = /^(stats|scale_stats|mean|scale)\.npy$/i;

/** Sorts files by their names; what is in them is looked at where they are opened. */
export function sortFiles<F extends { readonly name: string }>(
  files: readonly F[],
): SortedFiles<F> {
  const isModel = ({ name }: F) => MODEL.test(name) || CHECKPOINT.test(name);
  const seen = files.filter(({ name }) => !name.startsWith('.'));
  const some = seen.some(isModel);
  const model = seen.filter((file) => isModel(file) || (some && isBeside(file)));
  const others = seen.filter((file) => !model.includes(file));
  // A text beside a recording is not what is to be heard.
  const sound = others.find(isSound) ?? others[0];
  const leftOut = others.filter((file) => file !== sound);
  return { ...(sound && { sound }), model, leftOut };
}

/** Whether a file is a recording or a mel by its name. */
function isSound({ name }: { readonly name: string }): boolean {
  const ending = /\.[^.]*$/.exec(name)?.[0].toLowerCase() ?? '';
  return audioExtensions.includes(ending) || ending === '.npy';
}

/** Whether a file lies in a model's folder as its data or its words, and is no sound to be opened. */
function isBeside(file: { readonly name: string }): boolean {
  return STATISTICS.test(file.name) || !isSound(file);
}
