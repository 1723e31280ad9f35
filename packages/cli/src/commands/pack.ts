import { basename, dirname, join } from 'node:path';
import { probeFolder } from '@hifigan/train/node';
import {
  type Bundle,
  bundleFileNames,
  type OutputDifference,
  packBundle,
  readCard,
  type VoiceCard,
  type WeightsPrecision,
} from '@hifigan/vocoder';
import { type Command, Option } from 'commander';
import { activateBackend } from '../backends/activate.js';
import { type Context, pathOf } from '../context.js';
import { CONFIG_ARGUMENT } from '../files/load-config.js';
import { readInput } from '../files/read-input.js';
import { writeAtomic } from '../files/write-atomic.js';
import { GOLDEN_FRAMES, goldenMel } from '../model/golden-mel.js';
import { loadBundle } from '../model/load-bundle.js';
import { type CheckpointFiles, locateCheckpoint, stepsOf } from '../model/locate-checkpoint.js';
import { parameterCount } from '../model/parameter-count.js';
import { addBackendOptions, addForceOption, oneOf } from '../options.js';
import { writeWholeFolder } from '../prepare/output-folder.js';
import { byteSize } from '../terminal/format.js';

interface Options {
  readonly out: string;
  readonly config?: string;
  readonly precision?: WeightsPrecision;
  readonly card?: string;
  readonly name?: string;
  readonly licence?: string;
  readonly data?: string;
  readonly golden?: string;
  readonly backend: string;
  readonly threads?: number;
  readonly force?: boolean;
}

const HELP = `
A bundle is a folder: ${Object.values(bundleFileNames).join(', ')}.
It states its mel and the hash of each file, and carries ${GOLDEN_FRAMES} frames with the samples that must come of them:
  hifigan info BUNDLE --verify
proves that another machine makes the same sound. Bundles of before are renewed in place, and so are edited cards:
  hifigan pack BUNDLE -o BUNDLE --force`;

/** `hifigan pack RUN -o BUNDLE`: a checkpoint as a folder to hand on. */
export function registerPack(program: Command, context: Context): void {
  const command = program
    .command('pack')
    .description(
      'checkpoint → bundle: weight norm multiplied out; configuration, card, hashes and a golden output beside it',
    )
    .argument(
      '<checkpoint>',
      'training run (its latest; RUN:best), bundle, or .safetensors with config.json beside it',
    )
    .requiredOption('-o, --out <folder>', 'bundle to make')
    .option(
      '-c, --config <config>',
      `${CONFIG_ARGUMENT}; instead of the config.json beside the checkpoint`,
    )
    .option(
      '--precision <type>',
      'float16 (half the size) or float32; that of the bundle, else float16, where left out',
      oneOf('float16', 'float32'),
    )
    .addOption(
      new Option('--float16', 'the same as --precision float16').implies({ precision: 'float16' }),
    )
    .option('--card <file>', 'JSON whose keys go into the card')
    .option('--name <name>', 'of the voice, for the card')
    .option('--licence <id>', 'of the weights (SPDX id or words), for the card')
    .option('--data <words>', 'what it was trained on, under which licence, for the card')
    .option(
      '--golden <recording>',
      'speech for the golden output, which the bundle then carries; a made-up sound where left out',
    )
    .addHelpText('after', HELP);
  addForceOption(addBackendOptions(command, context)).action(
    async (typed: string, options: Options) => {
      const { console } = context;
      const target = pathOf(context, options.out);
      probeFolder(dirname(target), options.out);
      const located = await locateCheckpoint(context, typed, options.config);
      // What people edit is sealed anew; weights that are damaged must not be.
      const bundle = await loadBundle(context, located, { unverified: ['config', 'card'] });
      const card = await cardOf(context, { bundle, located, options });
      if (!card.licence) tellUnlicensed(context);
      const mel = await goldenMel(context, bundle, options.golden);
      await activateBackend(context, options);
      const { files, manifest } = await packBundle(
        { ...bundle, card },
        {
          mel,
          precision: options.precision ?? bundle.manifest?.weights.precision ?? 'float16',
          where: located.weights,
        },
      );
      await writeWholeFolder(
        {
          target,
          shown: options.out,
          force: options.force === true,
          mark: bundleFileNames.generator,
          warn: (text) => console.warn(text),
        },
        async (draft) => {
          for (const [name, content] of files) await writeAtomic(join(draft, name), content);
        },
      );
      const size = byteSize([...files.values()].reduce((sum, { length }) => sum + length, 0));
      console.note(
        `${card.name}: ${card.parameters?.toLocaleString('en')} weights, ${size}${roundingWords(manifest.weights.rounding)}`,
      );
      const written = { ...card, precision: manifest.weights.precision };
      await console.result(
        console.json ? JSON.stringify({ out: options.out, card: written, manifest }) : options.out,
      );
    },
  );
}

async function cardOf(
  context: Context,
  {
    bundle,
    located,
    options,
  }: { readonly bundle: Bundle; readonly located: CheckpointFiles; readonly options: Options },
): Promise<VoiceCard> {
  const given = options.card
    ? readCard(new TextDecoder().decode(await readInput(context, options.card)), options.card)
    : undefined;
  const { licence, data } = options;
  return {
    ...bundle.card,
    ...given,
    ...(licence !== undefined && { licence }),
    ...(data !== undefined && { data }),
    name: options.name ?? given?.name ?? bundle.card?.name ?? basename(dirname(located.weights)),
    steps: given?.steps ?? bundle.card?.steps ?? stepsOf(located, bundle.metadata),
    parameters: parameterCount(bundle.config),
  };
}

function tellUnlicensed({ console }: Context): void {
  console.warn(
    'the card names no licence, and must, because whoever gets the voice has to know what they may do with it; add --licence CC-BY-4.0, or whatever its recordings allow',
  );
}

/** What storing halves cost. */
function roundingWords(rounding: OutputDifference | undefined): string {
  if (!rounding) return '';
  const decibel = rounding.max > 0 ? ` (${(20 * Math.log10(rounding.max)).toFixed(0)} dB)` : '';
  return `; float16 moves its golden output by at most ${(100 * rounding.max).toPrecision(2)}% of the peak${decibel}`;
}
