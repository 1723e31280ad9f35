import { basename, dirname, join } from 'node:path';
import { probeFolder } from '@hifigan/train/node';
import {
  bundleFileNames,
  foldBundle,
  readCard,
  type VoiceCard,
  writeBundle,
} from '@hifigan/vocoder';
import type { Command } from 'commander';
import { cpuBackend } from '../backends/cpu.js';
import { type Context, pathOf } from '../context.js';
import { CONFIG_ARGUMENT } from '../files/load-config.js';
import { readInput } from '../files/read-input.js';
import { writeAtomic } from '../files/write-atomic.js';
import { loadBundle } from '../model/load-bundle.js';
import { locateCheckpoint, stepsOf } from '../model/locate-checkpoint.js';
import { parameterCount } from '../model/parameter-count.js';
import { addForceOption, oneOf } from '../options.js';
import { writeWholeFolder } from '../prepare/output-folder.js';
import { byteSize } from '../terminal/format.js';

interface Options {
  readonly out: string;
  readonly config?: string;
  readonly precision: 'float16' | 'float32';
  readonly card?: string;
  readonly name?: string;
  readonly force?: boolean;
}

/** `hifigan pack RUN -o BUNDLE`: a checkpoint as a folder to hand on. */
export function registerPack(program: Command, context: Context): void {
  addForceOption(
    program
      .command('pack')
      .description(
        'checkpoint → bundle: weight norm multiplied out, configuration and card beside it',
      )
      .argument(
        '<checkpoint>',
        'training run (its latest), or .safetensors with config.json beside it',
      )
      .requiredOption('-o, --out <folder>', 'bundle to make')
      .option(
        '-c, --config <config>',
        `${CONFIG_ARGUMENT}; instead of the config.json beside the checkpoint`,
      )
      .option(
        '--precision <type>',
        'float16 (half the size) or float32',
        oneOf('float16', 'float32'),
        'float16',
      )
      .option('--card <file>', 'JSON whose keys go into the card')
      .option('--name <name>', 'of the voice, for the card'),
  ).action(async (typed: string, options: Options) => {
    const { console } = context;
    const target = pathOf(context, options.out);
    probeFolder(dirname(target), options.out);
    const located = await locateCheckpoint(context, typed, options.config);
    const bundle = await loadBundle(context, located);
    const given = options.card
      ? readCard(new TextDecoder().decode(await readInput(context, options.card)), options.card)
      : undefined;
    await cpuBackend.activate({});
    const folded = await foldBundle(bundle, located.weights);
    const card: VoiceCard = {
      ...bundle.card,
      ...given,
      name: options.name ?? given?.name ?? bundle.card?.name ?? basename(dirname(located.weights)),
      steps: given?.steps ?? bundle.card?.steps ?? stepsOf(located, bundle.metadata),
      parameters: parameterCount(bundle.config),
    };
    const files = writeBundle({ ...folded, card }, { precision: options.precision });
    await writeWholeFolder(
      {
        target,
        shown: options.out,
        force: options.force === true,
        mark: bundleFileNames.generator,
        warn: (text) => console.warn(text),
      },
      async (draft) => {
        for (const [key, content] of Object.entries(files)) {
          const name = bundleFileNames[key as keyof typeof bundleFileNames];
          await writeAtomic(join(draft, name), content);
        }
      },
    );
    const size = byteSize(files.generator.byteLength);
    console.note(`${card.name}: ${card.parameters?.toLocaleString('en')} weights, ${size}`);
    await console.result(console.json ? JSON.stringify({ out: options.out, card }) : options.out);
  });
}
