import { type MelPhases, melPhases } from '@hifigan/audio';
import type { VoiceCard } from '@hifigan/vocoder';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Context } from './context.js';
import { nearestName } from './terminal/did-you-mean.js';

/** For `-n <count>`: a whole number of at least `minimum`. */
export function wholeNumber(minimum: number, maximum?: number): (text: string) => number {
  const must =
    maximum === undefined
      ? `It must be a whole number of at least ${minimum}.`
      : `It must be a whole number from ${minimum} to ${maximum}.`;
  return (text) => {
    const value = Number(text);
    const isInside = value >= minimum && value <= (maximum ?? value);
    if (text.trim() === '' || !Number.isSafeInteger(value) || !isInside) {
      throw new InvalidArgumentError(must);
    }
    return value;
  };
}

/** For fractions and seconds: a number within bounds, both included. */
export function numberBetween(minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !(value >= minimum && value <= maximum)) {
      throw new InvalidArgumentError(`It must be a number from ${minimum} to ${maximum}.`);
    }
    return value;
  };
}

/** Like Commander's `choices`, usable for variables of the environment too. */
export function oneOf(...choices: readonly string[]): (text: string) => string {
  return (text) => {
    if (!choices.includes(text)) {
      const meant = nearestName(text, choices);
      const question = meant === undefined ? '' : ` Did you mean ${meant}?`;
      throw new InvalidArgumentError(`It must be one of ${choices.join(', ')}.${question}`);
    }
    return text;
  };
}

/** Several values with commas between them, each as `parse` takes it, none twice. */
export function listOf<T>(parse: (text: string) => T): (text: string) => T[] {
  return (text) => [...new Set(text.split(',').map(parse))];
}

/** Where backends are that not every program has. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  tensorflow: 'hifigan-gpu has it (the package @hifigan/gpu, after hifigan-gpu setup)',
  webgpu: 'it is not here yet',
};

/** The name of a backend that is here; of others it says where they are. */
export function backendName(names: readonly string[]): (text: string) => string {
  const known = oneOf(...names);
  return (text) => {
    const where = names.includes(text) ? undefined : ELSEWHERE[text];
    if (where) {
      throw new InvalidArgumentError(`Of ${text}, ${where}; here are ${names.join(', ')}.`);
    }
    return known(text);
  };
}

/** Adds `--backend` and `--threads` to a verb that computes. */
export function addBackendOptions(command: Command, context: Context): Command {
  const names = ['auto', ...context.backends.map(({ name }) => name)];
  return command
    .addOption(
      new Option('--backend <name>', `what computes: ${names.join(', ')}`)
        .default('auto')
        .env('HIFIGAN_BACKEND')
        .argParser(backendName(names)),
    )
    .addOption(
      new Option('--threads <count>', 'threads that share one operation')
        .env('HIFIGAN_THREADS')
        .argParser(wholeNumber(1)),
    );
}

/** Adds `--precision` to a verb that makes bundles. */
export function addPrecisionOption(command: Command, of = ''): Command {
  return command.option(
    '--precision <type>',
    `${of}float16 (half the size) or float32; that of the bundle, else float16, where left out`,
    oneOf('float16', 'float32'),
  );
}

/** Of refinement; the vocoder takes no more. */
export const rounds = wholeNumber(0, 100);

/** What `--phases` may be, in words. */
export const PHASES =
  'kept, those of the model, or integrated, such as go with the mel, by which a model that buzzes or is hoarse gains, and one that is fully trained loses';

/** What follows the rounds, where people are told of them. */
export const fromPhases = (phases: MelPhases | undefined) =>
  phases === 'integrated' ? ' from phases of the mel' : '';

/** How what a model spoke is refined; as its card says where left out. */
export interface RefineOptions {
  readonly refine?: number;
  readonly phases?: MelPhases;
}

/** How a voice's sound is refined: as was asked for, else as its card says. */
export function refinementBy(
  { refine, phases }: RefineOptions,
  card: VoiceCard | undefined,
): { readonly refined: number; readonly phases?: MelPhases } {
  const refined = refine ?? card?.refine ?? 0;
  return { refined, ...(refined > 0 && { phases: phases ?? card?.phases ?? 'kept' }) };
}

/** Tells who wants phases and has no rounds that begin with them. @param rounds of what speaks */
export function tellIdlePhases({ console }: Context, { phases }: RefineOptions, rounds: number) {
  if (phases === undefined || rounds > 0) return;
  console.warn(
    `${phases} phases do nothing without rounds of refinement, which begin with them; add --refine, such as 32`,
  );
}

/** Adds `--refine` and `--phases` to a verb that speaks. */
export function addRefineOptions(command: Command, of = ''): Command {
  return command
    .option(
      '--refine <rounds>',
      `${of}bring the sound so often nearer to its mel, which mends what a model has not learned; 0 for not at all (default: as the voice's card says)`,
      rounds,
    )
    .option(
      '--phases <which>',
      `${of}with which refinement begins, where there are rounds of it: ${PHASES} (default: as the voice's card says, else kept)`,
      oneOf(...melPhases),
    );
}

/** Adds `--force`. */
export function addForceOption(command: Command): Command {
  return command.option('-f, --force', 'write over files that exist');
}
