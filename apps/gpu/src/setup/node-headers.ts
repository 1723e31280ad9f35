import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runCommand } from './run-command.js';
import { SetupError } from './setup-error.js';
import { stage } from './stage.js';

/** What fetching the headers needs to know. */
export interface NodeHeadersOptions {
  readonly cache: string;
  readonly signal: AbortSignal;
  readonly log: (message: string) => void;
  /** Path of the running Node. */
  readonly node?: string;
}

/**
 * The folder of `node_api.h`: below `npm_config_nodedir`, beside the running Node, or from the npm
 * package of Node's own binaries, which carries them.
 */
export async function nodeHeaders(options: NodeHeadersOptions): Promise<string> {
  const { cache, signal, log, node = process.execPath } = options;
  const own = process.env.npm_config_nodedir;
  const roots = [...(own ? [own] : []), dirname(dirname(node))];
  for (const root of roots) {
    for (const folder of [join(root, 'include', 'node'), join(root, 'src')]) {
      if (existsSync(join(folder, 'node_api.h'))) return folder;
    }
  }
  const name = `node-linux-${process.arch}`;
  const version = process.versions.node;
  const target = join(cache, 'node-headers', version);
  await stage(cache, target, async (temporary) => {
    log(`fetching Node's headers, ${name}@${version}, from npm`);
    await runCommand(
      'npm',
      ['install', '--prefix', temporary, '--ignore-scripts', '--no-save', `${name}@${version}`],
      { signal },
    );
  });
  const headers = join(target, 'node_modules', name, 'include', 'node');
  if (existsSync(join(headers, 'node_api.h'))) return headers;
  throw new SetupError(
    `node_api.h must be in ${headers}, because the addon is built with it; name a folder that has ` +
      'include/node/node_api.h: npm_config_nodedir=…',
  );
}
