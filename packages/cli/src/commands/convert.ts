import { basename } from 'node:path';
import { StateError } from '@hifigan/models';
import { type Bundle, profileOf, type VoiceCard } from '@hifigan/vocoder';
import type { Command } from 'commander';
import { cpuBackend } from '../backends/cpu.js';
import type { Context } from '../context.js';
import { checkFiles } from '../convert/check-files.js';
import { chooseTarget } from '../convert/choose-target.js';
import { lostProfile } from '../convert/lost-profile.js';
import { TARGETS, type Target, targetFiles } from '../convert/targets.js';
import { trainingPair } from '../convert/training-pair.js';
import { writeTarget } from '../convert/write-target.js';
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
      `${TARGETS.join(', ')}; else by the name of OUT: x.safetensors, g_00000000 or x.pth (torch), or a folder (bundle)`,
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
      'of a run’s checkpoint, to torch: the do_ file beside g_, too, with which the reference’s trainer goes on',
    );
  command.addHelpText(
    'after',
    '\nreference and torch are the same: a PyTorch file that the reference loads. What was written is read again before it\ntakes its name. A model that normalises its mels keeps that in a bundle and for transformers.',
  );
  addForceOption(command).action(async (typed: string, out: string, options: Options) => {
    const { console } = context;
    const target = chooseTarget(out, options.to);
    if (options.training && target !== 'torch' && target !== 'reference') {
      throw new UsageError(
        `--training: must go with a PyTorch file, because it writes what the reference’s trainer goes on from; name OUT after the step, g_00005000`,
      );
    }
    const located = await locateCheckpoint(context, typed, options.config);
    const bundle = await loadBundle(context, located).catch(listed);
    await cpuBackend.activate({});
    const { precision } = options;
    const mel = await goldenMel(context, bundle, undefined);
    const given = { ...bundle, card: bundle.card ?? cardOf(located, bundle) };
    const name = basename(out);
    const files = options.training
      ? await trainingPair(located, { name, config: bundle.config })
      : await targetFiles(given, target, { name, precision, mel });
    // The pair was compared bit by bit; and of a run with averages these are not its generator.
    const { difference, profile } = options.training
      ? { difference: 0, profile: profileOf(bundle) }
      : await checkFiles(files, bundle, { target, precision, name });
    await writeTarget(context, files, { target, out, force: options.force === true });
    const lost = lostProfile(profileOf(bundle), profile);
    if (lost) console.warn(`${out}: ${lost}`);
    const size = Object.values(files).reduce((sum, { length }) => sum + length, 0);
    console.note(
      `${located.shown} → ${target}, ${byteSize(size)}; read again: weights differ by ${difference.toPrecision(2)} at most, relative`,
    );
    await console.result(
      console.json
        ? JSON.stringify({ out, format: target, files: Object.keys(files), difference })
        : out,
    );
  });
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
