import { basename } from 'node:path';
import { StateError } from '@hifigan/models';
import { type Bundle, profileOf, type VoiceCard } from '@hifigan/vocoder';
import type { Command } from 'commander';
import { cpuBackend } from '../backends/cpu.js';
import type { Context } from '../context.js';
import { checkFiles } from '../convert/check-files.js';
import { chooseTarget } from '../convert/choose-target.js';
import { lostProfile } from '../convert/lost-profile.js';
import { checkTarget, type TargetPlace, writeTarget } from '../convert/target-place.js';
import {
  FOLDERS,
  type PlannedFiles,
  TARGETS,
  type Target,
  targetFiles,
} from '../convert/targets.js';
import { trainingFiles } from '../convert/training-files.js';
import { UsageError, UserError } from '../errors.js';
import { CONFIG_ARGUMENT } from '../files/load-config.js';
import { goldenMel } from '../model/golden-mel.js';
import { loadBundle } from '../model/load-bundle.js';
import { type CheckpointFiles, locateCheckpoint, stepsOf } from '../model/locate-checkpoint.js';
import { parameterCount } from '../model/parameter-count.js';
import { addForceOption, oneOf } from '../options.js';
import { byteSize } from '../terminal/format.js';

interface Options {
  readonly to?: Target;
  readonly config?: string;
  readonly precision: 'float16' | 'float32';
  readonly training?: boolean;
  readonly force?: boolean;
}

/** `hifigan convert IN OUT`: a model of one program for another. */
export function registerConvert(program: Command, context: Context): void {
  const command = program
    .command('convert')
    .description('a generator of another program → ours, or ours → another program’s')
    .argument(
      '<in>',
      'model folder or file: ours, the reference’s (g_…), transformers, ParallelWaveGAN, ESPnet, Coqui TTS or NeMo',
    )
    .argument('<out>', 'what to write: a folder, or a file with config.json beside it')
    .option(
      '--to <format>',
      `${TARGETS.join(', ')}; else by the name of OUT: x.safetensors, g_00000000 (reference), x.pth (torch), or a folder (bundle)`,
      oneOf(...TARGETS),
    )
    .option(
      '-c, --config <config>',
      `${CONFIG_ARGUMENT}; instead of the configuration beside the weights`,
    )
    .option(
      '--precision <type>',
      'of a bundle: float16 (half the size) or float32',
      oneOf('float16', 'float32'),
      'float32',
    )
    .option(
      '--training',
      'of a run’s checkpoint, to reference or torch: the do_ file beside g_, too, with which the reference’s trainer goes on; of the reference’s pair, to g_….safetensors: ours',
    );
  command.addHelpText(
    'after',
    '\nreference and torch are PyTorch files with the same contents, which the reference loads: reference in the legacy layout,\nwhich every PyTorch since 1.0 reads (the reference pins 1.4); torch as a zip file, for PyTorch since 1.5 and for programs\nthat map it into memory. What was written is read again before it takes its name. A model that normalises its mels keeps\nthat in a bundle and for transformers.',
  );
  addForceOption(command).action(async (typed: string, out: string, options: Options) => {
    const { console } = context;
    const target = chooseTarget(out, options.to);
    if (options.training && FOLDERS[target] !== undefined) {
      throw new UsageError(
        `--training: must go with a file (reference, torch or safetensors), because it writes what a trainer goes on from; name OUT after the step, g_00005000 or g_00005000.safetensors`,
      );
    }
    const name = basename(out);
    const place = { target, out, force: options.force === true };
    // Before the long work: what stands in the way is told at once.
    const training = options.training ? [name.replace(/^(g|ema)_/, 'do_')] : [];
    await checkTarget(context, place, training);
    const located = await locateCheckpoint(context, typed, options.config);
    const written = options.training
      ? await convertTraining(context, located, place)
      : await convertGenerator(context, located, { ...place, precision: options.precision });
    const { files, bytes, difference } = written;
    console.note(
      `${located.shown} → ${target}, ${byteSize(bytes)}; read again: weights differ by ${difference.toPrecision(2)} at most, relative`,
    );
    await console.result(
      console.json ? JSON.stringify({ out, format: target, files, difference }) : out,
    );
  });
}

/** What was written, and how near it is to what it was made of. */
interface Written {
  readonly files: readonly string[];
  readonly bytes: number;
  readonly difference: number;
}

async function convertTraining(
  context: Context,
  located: CheckpointFiles,
  place: TargetPlace,
): Promise<Written> {
  const name = basename(place.out);
  const planned = counted(await trainingFiles(context, located, { name, target: place.target }));
  await writeTarget(context, planned, place);
  // They were compared bit by bit.
  return { ...planned.written(), difference: 0 };
}

async function convertGenerator(
  context: Context,
  located: CheckpointFiles,
  { precision, ...place }: TargetPlace & Pick<Options, 'precision'>,
): Promise<Written> {
  const { out, target } = place;
  const name = basename(out);
  const bundle = await loadBundle(context, located).catch(listed);
  // Bundles compute what they prove themselves by.
  if (FOLDERS[target] !== undefined) await cpuBackend.activate({});
  const mel = await goldenMel(context, bundle, undefined);
  const given = { ...bundle, card: bundle.card ?? cardOf(located, bundle) };
  let checked: Awaited<ReturnType<typeof checkFiles>> | undefined;
  const planned = counted({
    files: await targetFiles(given, target, { name, precision, mel }),
    async check(places) {
      checked = await checkFiles(places, bundle, { target, precision, name });
    },
  });
  await writeTarget(context, planned, place);
  const { difference, profile } = checked!;
  const lost = lostProfile(profileOf(bundle), profile);
  if (lost) context.console.warn(`${out}: ${lost}`);
  return { ...planned.written(), difference };
}

/** The same files, which tell how many bytes were written of them. */
function counted({
  files,
  check,
}: PlannedFiles): PlannedFiles & { written(): Pick<Written, 'files' | 'bytes'> } {
  let bytes = 0;
  async function* counting(pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>) {
    for await (const piece of pieces) {
      bytes += piece.length;
      yield piece;
    }
  }
  return {
    check,
    files: files.map(({ name, bytes: all }) => {
      if (typeof all !== 'string' && !(all instanceof Uint8Array)) {
        return { name, bytes: counting(all) };
      }
      bytes += all.length;
      return { name, bytes: all };
    }),
    written: () => ({ files: files.map(({ name }) => name), bytes }),
  };
}

/** What can be told of a voice that brings no card; its licence its owner knows. */
function cardOf(located: CheckpointFiles, { config, metadata }: Bundle): VoiceCard {
  const program = located.foreign && `, from ${located.foreign.recognized.layout.description}`;
  return {
    name: basename(located.shown),
    description: `Converted${program ?? ''}`,
    steps: stepsOf(located, metadata),
    parameters: parameterCount(config),
  };
}

/** Whoever converts wants to see every array that has no place. */
function listed(error: unknown): never {
  throw error instanceof StateError ? new UserError(error.listing, { cause: error }) : error;
}
