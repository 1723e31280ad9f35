import type { Command } from 'commander';
import type { Context } from '../context.js';
import { describe } from '../info/describe.js';
import { table } from '../terminal/format.js';

/** `hifigan info X`. */
export function registerInfo(program: Command, context: Context): void {
  program
    .command('info')
    .description('what a checkpoint, run, bundle, configuration, mel or recording is')
    .argument('<path>', 'file or folder; - is stdin')
    .action(async (typed: string) => {
      const { console } = context;
      const { kind, facts, shown } = await describe(context, typed);
      await console.result(
        console.json
          ? JSON.stringify({ path: typed, kind, ...facts })
          : `${typed}: ${kind}\n${table(shown)}`,
      );
    });
}
