import { configSchema, presets } from '@hifigan/config';
import { Argument, type Command } from 'commander';
import { type Context, pathOf } from '../context.js';
import { CONFIG_ARGUMENT, loadConfig } from '../files/load-config.js';
import { refuseExisting, writeAtomic } from '../files/write-atomic.js';
import { addForceOption } from '../options.js';

/** `hifigan config check|init|schema`. */
export function registerConfig(program: Command, context: Context): void {
  const { console } = context;
  const config = program.command('config').description('check or begin a configuration');

  config
    .command('check')
    .description('whether a configuration can be used; all problems at once')
    .argument('<config>', `${CONFIG_ARGUMENT}; - is stdin`)
    .action(async (file: string) => {
      const config = await loadConfig(context, file);
      await console.result(
        console.json ? JSON.stringify({ file, valid: true, config }) : `${file}: good`,
      );
    });

  addForceOption(
    config
      .command('init')
      .description('write a preset, complete, to begin with')
      .addArgument(
        new Argument('[preset]', 'v1 (best), v2 (small) or v3 (fast)')
          .choices(Object.keys(presets))
          .default('v1'),
      )
      .option('-o, --out <file>', 'where to', '-'),
  ).action(
    async (preset: keyof typeof presets, { out, force }: { out: string; force?: boolean }) => {
      const text = formatConfig(presets[preset]);
      if (out === '-') return console.result(text.trimEnd());
      const path = pathOf(context, out);
      await refuseExisting(path, force === true);
      await writeAtomic(path, text);
      await console.result(console.json ? JSON.stringify({ file: out, preset }) : out);
    },
  );

  config
    .command('schema')
    .description('JSON Schema of configurations')
    .action(() => console.result(JSON.stringify(configSchema, null, 2)));
}

/** JSON as the reference's files are written: one key a line, lists in one line. */
export function formatConfig(config: object): string {
  const lines = Object.entries(config).map(
    ([key, value]) => `    ${inLine(key)}: ${inLine(value)}`,
  );
  return `{\n${lines.join(',\n')}\n}\n`;
}

function inLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inLine).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, item]) => `${inLine(key)}: ${inLine(item)}`);
  return `{ ${entries.join(', ')} }`;
}
