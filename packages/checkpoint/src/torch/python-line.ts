import { quotedName } from '../shown-name.js';

/** Keys on the way to something in a tree. */
export type TorchPath = readonly (string | number)[];

/** Letters of a key that a line has room for. */
const MOST_LETTERS = 100;

/** What PyTorch loads, as an expression of Python. */
export interface Loading {
  /** The file. */
  readonly where: string;
  /** Keys on the way to what is meant of it. */
  readonly path: TorchPath;
  /** Whether objects are made, for files that are trusted. */
  readonly makesObjects?: boolean;
}

/** An expression of Python: what `torch.load` reads at a place of a file. */
export function pythonLoading({ where, path, makesObjects = false }: Loading): string {
  const unsafe = makesObjects ? ', weights_only=False' : '';
  const indices = path.map((key) => `[${typeof key === 'number' ? key : pythonKey(key)}]`);
  return `torch.load(${quotedName(where)}, map_location="cpu"${unsafe})${indices.join('')}`;
}

/** A line of Python that saves a state dict alone. @param state an expression, as of {@link pythonLoading} */
export function pythonSaving(state: string): string {
  return `torch.save({"generator": ${state}}, "generator.pth")`;
}

/** A key for a line of Python; one that no line has room for is left to the reader. */
export function pythonKey(key: string): string {
  return key.length > MOST_LETTERS ? '…' : quotedName(key);
}
