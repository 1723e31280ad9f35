import { extname } from 'node:path';
import type { HifiGanConfig } from '@hifigan/config';
import { type Command, InvalidArgumentError } from 'commander';
import { type Context, pathOf } from '../context.js';
import { UserError } from '../errors.js';
import { PRESET_NAMES } from '../files/load-config.js';
import { refuseExisting, writeAtomic } from '../files/write-atomic.js';
import { describe } from '../info/describe.js';
import { generatorPng, generatorSvg } from '../info/generator-picture.js';
import { planGenerator } from '../info/generator-plan.js';
import { generatorText } from '../info/generator-text.js';
import { verifyBundle } from '../info/verify-bundle.js';
import { addBackendOptions, addForceOption } from '../options.js';
import { table } from '../terminal/format.js';

interface Options {
  readonly verify?: boolean;
  readonly drawing?: string;
  readonly backend: string;
  readonly threads?: number;
  readonly force?: boolean;
}

/** `hifigan info X`. */
export function registerInfo(
  program: Command,
  context: Context,
  setExitCode: (code: number) => void,
): void {
  const command = program
    .command('info')
    .description('what a checkpoint, run, bundle, configuration, mel or recording is')
    .argument('<path>', `file, folder or preset (${PRESET_NAMES}); - is stdin`)
    .option(
      '--verify',
      'of a bundle: whether its files are those that were packed and this machine makes the sound that must come of them; exit code 1 where not',
    )
    .option('--drawing <file>', 'a picture of the generator, .svg or .png', pictureName);
  addForceOption(addBackendOptions(command, context)).action(
    async (typed: string, options: Options) => {
      const { console } = context;
      const { drawing, force = false } = options;
      if (drawing) await refuseExisting(pathOf(context, drawing), force);
      const verified = options.verify ? await verifyBundle(context, typed, options) : undefined;
      const { kind, facts, shown, generator } = await describe(context, typed);
      const plan = generator && planGenerator(generator);
      if (drawing) await writeDrawing(context, typed, { drawing, generator });
      const verdict = verified && { verified: { ok: verified.ok, ...verified.facts } };
      await console.result(
        console.json
          ? // A card may have keys of any name.
            JSON.stringify(
              Object.assign({ path: typed, kind }, facts, plan && { generator: plan }, verdict, {
                ...{ path: typed, kind },
              }),
            )
          : [
              `${typed === '-' ? 'stdin' : typed}: ${kind}`,
              table([...(verified?.shown ?? []), ...shown]),
              ...(plan ? ['', generatorText(plan)] : []),
            ].join('\n'),
      );
      if (verified && !verified.ok) {
        console.error(`${typed}: does not make the sound that it was packed with`);
        setExitCode(1);
      }
    },
  );
}

/** The kinds of pictures, by the ends of their files' names. */
const PICTURES = { '.svg': generatorSvg, '.png': generatorPng } as const;

function pictureName(typed: string): string {
  if (!Object.hasOwn(PICTURES, extname(typed))) {
    throw new InvalidArgumentError('It must end in .svg or .png, which says what is drawn.');
  }
  return typed;
}

async function writeDrawing(
  context: Context,
  typed: string,
  { drawing, generator }: { readonly drawing: string; readonly generator?: HifiGanConfig },
): Promise<void> {
  if (!generator) {
    throw new UserError(
      `${typed}: --drawing must be of a generator, because nothing else has a drawing; name a bundle, a run, weights with their config.json, or a configuration`,
    );
  }
  const draw = PICTURES[extname(drawing) as keyof typeof PICTURES];
  await writeAtomic(pathOf(context, drawing), draw(planGenerator(generator)));
  context.console.note(`drawing: ${drawing}`);
}
