import type { Command } from 'commander';
import type { Context } from '../context.js';
import { PRESET_NAMES } from '../files/load-config.js';
import { describe } from '../info/describe.js';
import { table } from '../terminal/format.js';

/** `hifigan info X`. */
export function registerInfo(program: Command, context: Context): void {
  program
    .command('info')
    .description('what a checkpoint, run, bundle, configuration, mel or recording is')
    .argument('<path>', `file, folder or preset (${PRESET_NAMES}); - is stdin`)
    .action(async (typed: string) => {
      const { console } = context;
      const { kind, facts, shown } = await describe(context, typed);
      await console.result(
        console.json
          ? // A card may have keys of any name.
            JSON.stringify(Object.assign({ path: typed, kind }, facts, { path: typed, kind }))
          : `${typed === '-' ? 'stdin' : typed}: ${kind}\n${table(shown)}`,
      );
    });
}
