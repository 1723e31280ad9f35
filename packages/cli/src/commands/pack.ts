import { type MelPhases, melPhases } from '@hifigan/audio';
import { shownText } from '@hifigan/checkpoint';
import {
  bundleFileNames,
  GOLDEN_FRAMES,
  manifestSeal,
  type OutputDifference,
  readCard,
  type VoiceCard,
  type WeightsPrecision,
} from '@hifigan/vocoder';
import { type Command, Option } from 'commander';
import type { Context } from '../context.js';
import { packModel } from '../convert/pack-model.js';
import { checkTarget } from '../convert/target-place.js';
import { CONFIG_ARGUMENT } from '../files/load-config.js';
import { readInput } from '../files/read-input.js';
import { readModel } from '../model/read-model.js';
import {
  addBackendOptions,
  addForceOption,
  addPrecisionOption,
  numberBetween,
  oneOf,
  PHASES,
  rounds,
  tellIdlePhases,
} from '../options.js';
import { byteSize } from '../terminal/format.js';

interface Options {
  readonly out: string;
  readonly config?: string;
  readonly precision?: WeightsPrecision;
  readonly card?: string;
  readonly name?: string;
  readonly licence?: string;
  readonly data?: string;
  readonly refine?: number;
  readonly bandwidth?: number;
  readonly phases?: MelPhases;
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
  hifigan pack BUNDLE -o BUNDLE --force
hifigan convert MODEL BUNDLE makes the same bundle, without what is said here of its card and its golden output.`;

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
    .option('--card <file>', 'JSON whose keys go into the card')
    .option('--name <name>', 'of the voice, for the card')
    .option('--licence <id>', 'of the weights (SPDX id or words), for the card')
    .option('--data <words>', 'what it was trained on, under which licence, for the card')
    .option(
      '--refine <rounds>',
      'with which its sound is refined where nothing else is asked for, for the card; synth --refine tries some',
      rounds,
    )
    .option(
      '--phases <which>',
      `which refinement begins with, for the card: ${PHASES}`,
      oneOf(...melPhases),
    )
    .option(
      '--bandwidth <hz>',
      'above which its recordings had nothing, for the card: there refinement (only that) makes silence',
      numberBetween(1, 1e6),
    )
    .option(
      '--golden <recording>',
      'speech for the golden output, which the bundle then carries; a made-up sound where left out',
    )
    .addOption(
      new Option('--float16', 'the same as --precision float16').implies({ precision: 'float16' }),
    )
    .addHelpText('after', HELP);
  addPrecisionOption(command);
  addForceOption(addBackendOptions(command, context)).action(
    async (typed: string, options: Options) => {
      const { console } = context;
      const place = { out: options.out, force: options.force === true };
      // Before any work, what stands in its way, the cheapest first.
      await checkTarget(context, { ...place, target: 'bundle' });
      const card = await statedOf(context, options);
      // What people edit is sealed anew; weights that are damaged must not be.
      const model = await readModel(context, typed, {
        config: options.config,
        unverified: ['config', 'card', 'manifest'],
      });
      const { manifest: before } = model.bundle;
      const seal = before && (await manifestSeal(before));
      if (seal === 'changed' || seal === 'removed') {
        const what =
          seal === 'changed'
            ? 'says something else than when it was packed (its sha256 is not that of the rest)'
            : 'has no seal, with which it was packed (sha256 was taken out)';
        console.warn(
          `${typed}: its ${bundleFileNames.manifest} ${what}, and the mel profile in it is sealed as it stands; where it was not changed on purpose, copy or download the bundle again and pack that`,
        );
      }
      const packed = await packModel(context, model, place, { ...options, card });
      tellIdlePhases(context, packed.card, packed.card.refine ?? 0);
      const { manifest, bytes } = packed;
      console.note(
        `${shownText(packed.card.name)}: ${packed.card.parameters?.toLocaleString('en')} weights, ${byteSize(bytes)}${roundingWords(manifest.weights.rounding)}`,
      );
      const written = { ...packed.card, precision: manifest.weights.precision };
      await console.result(
        console.json ? JSON.stringify({ out: options.out, card: written, manifest }) : options.out,
      );
    },
  );
}

/** What the options say of the voice, those of their own before what is in `--card`. */
async function statedOf(
  context: Context,
  { card, name, licence, data, refine, bandwidth, phases }: Options,
): Promise<Partial<VoiceCard>> {
  const given = card
    ? readCard(new TextDecoder().decode(await readInput(context, card)), card)
    : undefined;
  const own = Object.entries({ name, licence, data, refine, bandwidth, phases }).filter(
    ([, value]) => value !== undefined,
  );
  return { ...given, ...Object.fromEntries(own) };
}

/** What storing halves cost. */
function roundingWords(rounding: OutputDifference | undefined): string {
  if (!rounding) return '';
  const decibel = rounding.max > 0 ? ` (${(20 * Math.log10(rounding.max)).toFixed(0)} dB)` : '';
  return `; float16 moves its golden output by at most ${(100 * rounding.max).toPrecision(2)}% of the peak${decibel}`;
}
