import { basename } from 'node:path';
import { profileOf, type WeightsPrecision } from '@hifigan/vocoder';
import type { Command } from 'commander';
import { cpuBackend } from '../backends/cpu.js';
import type { Context } from '../context.js';
import { checkFiles } from '../convert/check-files.js';
import { chooseTarget } from '../convert/choose-target.js';
import { lostProfile } from '../convert/lost-profile.js';
import { packModel } from '../convert/pack-model.js';
import { checkTarget, type TargetPlace, writeTarget } from '../convert/target-place.js';
import {
  FOLDERS,
  type PlannedFiles,
  TARGETS,
  type Target,
  targetFiles,
} from '../convert/targets.js';
import { tellRefinement } from '../convert/tell-refinement.js';
import { trainingFiles } from '../convert/training-files.js';
import { UsageError } from '../errors.js';
import { CONFIG_ARGUMENT } from '../files/load-config.js';
import { SourceFiles } from '../files/source-files.js';
import { locateCheckpoint } from '../model/locate-checkpoint.js';
import { readModel } from '../model/read-model.js';
import { addBackendOptions, addForceOption, addPrecisionOption, oneOf } from '../options.js';
import { byteSize } from '../terminal/format.js';

interface Options {
  readonly to?: Target;
  readonly config?: string;
  readonly precision?: WeightsPrecision;
  readonly backend: string;
  readonly threads?: number;
  readonly training?: boolean;
  readonly force?: boolean;
}

const HELP = `
reference and torch are PyTorch files with the same contents, which the reference loads: reference in the legacy layout,
which every PyTorch since 1.0 reads (the reference pins 1.4); torch as a zip file, for PyTorch since 1.5 and for programs
that map it into memory. What was written is read again before it takes its name. A model that normalises its mels keeps
that in a bundle and for transformers.
A bundle is the one that hifigan pack makes, which also takes what its card is to say and speech for its golden output, and
seals a bundle anew whose card or configuration were edited. --backend and --threads are for the golden output alone.`;

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
      '--training',
      'of a run’s checkpoint, to reference or torch: the do_ file beside g_, too, with which the reference’s trainer goes on; of the reference’s pair, to g_….safetensors: ours',
    );
  addPrecisionOption(command, 'of a bundle: ').addHelpText('after', HELP);
  addForceOption(addBackendOptions(command, context)).action(
    async (typed: string, out: string, options: Options) => {
      const { console } = context;
      const target = chooseTarget(out, options.to);
      if (options.training && FOLDERS[target] !== undefined) {
        throw new UsageError(
          `--training: must go with a file (reference, torch or safetensors), because it writes what a trainer goes on from; name OUT after the step, g_00005000 or g_00005000.safetensors`,
        );
      }
      for (const option of ['precision', 'backend', 'threads']) {
        // That of the environment is for all commands.
        if (target === 'bundle' || command.getOptionValueSource(option) !== 'cli') continue;
        throw new UsageError(
          `--${option}: is for bundles alone, and ${out} will be ${target}; leave it out, or say --to bundle`,
        );
      }
      const name = basename(out);
      const place = { target, out, force: options.force === true };
      // Before the long work: what stands in the way is told at once.
      const training = options.training ? [name.replace(/^(g|ema)_/, 'do_')] : [];
      await checkTarget(context, place, training);
      const written = options.training
        ? await convertTraining(context, typed, { ...place, config: options.config })
        : await convertGenerator(context, typed, { ...options, ...place });
      const { shown, files, bytes, difference } = written;
      console.note(
        `${shown} → ${target}, ${byteSize(bytes)}; read again: weights differ by ${difference.toPrecision(2)} at most, relative`,
      );
      await console.result(
        console.json ? JSON.stringify({ out, format: target, files, difference }) : out,
      );
    },
  );
}

/** What was written, and how near it is to what it was made of. */
interface Written {
  /** What it was made of, as the user knows it. */
  readonly shown: string;
  readonly files: readonly string[];
  readonly bytes: number;
  readonly difference: number;
}

async function convertTraining(
  context: Context,
  typed: string,
  { config, ...place }: TargetPlace & Pick<Options, 'config'>,
): Promise<Written> {
  // Read until the last file takes its name.
  const sources = new SourceFiles();
  const reading = { ...context, sources };
  return sources.blamed(async () => {
    const located = await locateCheckpoint(reading, typed, config);
    const name = basename(place.out);
    const planned = await trainingFiles(reading, located, { name, target: place.target });
    const bytes = await writeTarget(reading, planned, place);
    // They were compared bit by bit.
    return { shown: located.shown, files: namesOf(planned), bytes, difference: 0 };
  });
}

async function convertGenerator(
  context: Context,
  typed: string,
  { target, out, force, config, ...options }: TargetPlace & Omit<Options, 'to' | 'force'>,
): Promise<Written> {
  const model = await readModel(context, typed, { config });
  const { located, bundle } = model;
  const { shown } = located;
  if (target === 'bundle') {
    const packed = await packModel(context, model, { out, force }, options);
    return { shown, ...packed };
  }
  // What multiplies weight norm out: any backend makes the same of so little.
  if (target === 'transformers') await cpuBackend.activate({});
  const name = basename(out);
  let checked: Awaited<ReturnType<typeof checkFiles>> | undefined;
  const planned: PlannedFiles = {
    files: await targetFiles(bundle, target, name),
    async check(places) {
      checked = await checkFiles(context, places, bundle, { target, name });
    },
  };
  const bytes = await writeTarget(context, planned, { target, out, force });
  const { difference, profile } = checked!;
  const lost = lostProfile(profileOf(bundle), profile);
  if (lost) context.console.warn(`${out}: ${lost}`);
  tellRefinement(context, bundle.card, { out, kept: false });
  return { shown, files: namesOf(planned), bytes, difference };
}

function namesOf({ files }: PlannedFiles): readonly string[] {
  return files.map(({ name }) => name);
}
