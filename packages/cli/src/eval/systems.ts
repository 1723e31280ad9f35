import { UsageError } from '../errors.js';

/** Whoever made speech that is judged. */
export interface EvalSystem {
  readonly name: string;
  /** Files that lie there, or what speaks the references' mels. */
  readonly kind: 'files' | 'model' | 'griffin-lim' | 'mel-limit';
  /** Of files the folder, list or file; of a model what `--checkpoint` takes, absent for the packaged voice. */
  readonly path?: string;
  /** Of Griffin-Lim. */
  readonly iterations?: number;
}

/** What the command line says of systems. */
export interface SystemOptions {
  readonly system?: readonly string[];
  readonly model?: readonly string[];
  readonly voice?: boolean;
  readonly griffinLim?: number | true;
  readonly melLimit?: boolean;
}

/** As torchaudio, librosa and we have it. */
const ITERATIONS = 60;

/**
 * All systems, in the order in which they are shown: what was made by others first.
 *
 * @param typed folders, lists or files of generated speech
 * @throws UsageError where there are none, or two have one name
 */
export function systemsOf(typed: readonly string[], options: SystemOptions): EvalSystem[] {
  const { griffinLim, system = [], model = [] } = options;
  const iterations = griffinLim === true ? ITERATIONS : griffinLim;
  const systems: EvalSystem[] = [
    ...typed.map((path): EvalSystem => ({ kind: 'files', name: path, path })),
    ...system.map((text): EvalSystem => ({ kind: 'files', ...named(text) })),
    ...model.map((text): EvalSystem => ({ kind: 'model', ...named(text) })),
    ...(options.voice ? [{ kind: 'model', name: 'voice' } as const] : []),
    ...(iterations === undefined
      ? []
      : [{ kind: 'griffin-lim', name: `griffin-lim-${iterations}`, iterations } as const]),
    ...(options.melLimit ? [{ kind: 'mel-limit', name: 'mel-limit' } as const] : []),
  ];
  if (systems.length === 0) {
    throw new UsageError(
      "missing required argument 'gen'; name what is to be judged, or have it made of the references: --model, --voice, --griffin-lim, --mel-limit",
    );
  }
  const taken = new Set<string>();
  for (const { name } of systems) {
    if (taken.has(name)) {
      throw new UsageError(
        `${name}: two systems have this name; name them apart: --system NAME=PATH, --model NAME=MODEL`,
      );
    }
    taken.add(name);
  }
  return systems;
}

/** `NAME=PATH`; where there is no name, the path is. */
function named(text: string): { readonly name: string; readonly path: string } {
  const [, name = text, path = text] = /^([^=/\\]+)=(.+)$/.exec(text) ?? [];
  return { name, path };
}
