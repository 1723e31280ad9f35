import { configSchema } from '@hifigan/config';
import type { Command } from 'commander';
import type { Context } from '../context.js';
import { CONFIG_ARGUMENT, loadConfig } from '../files/load-config.js';
import { registerConfigInit } from './config-init.js';

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

  registerConfigInit(config, context);

  config
    .command('schema')
    .description('JSON Schema of configurations')
    .action(() => console.result(JSON.stringify(configSchema, null, 2)));
}
