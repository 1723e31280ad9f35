import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { threadsFromSources } from '@hifigan/vitest';
import type { Plugin } from 'vite';

const require = createRequire(import.meta.url);

/** What the page is served beside its own code: the packaged voice, and recordings to try. */
async function studioFiles(): Promise<ReadonlyMap<string, Uint8Array>> {
  const voice = dirname(require.resolve('@hifigan/voice/package.json'));
  const licence = fileURLToPath(new URL('../../../samples/LICENSE.md', import.meta.url));
  return new Map([
    ...readdirSync(join(voice, 'bundle')).map(
      (name) => [`voice/${name}`, readFileSync(join(voice, 'bundle', name))] as const,
    ),
    ['voice/LICENSE.txt', readFileSync(join(voice, 'LICENSE'))],
    ...(await samples()),
    ['samples/LICENSE.txt', readFileSync(licence)],
  ]);
}

/** Made by a process of its own: our packages' sources want a condition, which Vite's configuration cannot have. */
async function samples(): Promise<(readonly [string, Uint8Array])[]> {
  const script = fileURLToPath(new URL('make-samples.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [...threadsFromSources, script], {
    maxBuffer: 2 ** 24,
  });
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.split(' ') as [string, string])
    .map(([name, text]) => [`samples/${name}`, Buffer.from(text, 'base64')]);
}

/** Puts the files of {@link studioFiles} into the build, and serves them while developing. */
export function studioAssets(): Plugin {
  let made: ReturnType<typeof studioFiles> | undefined;
  const files = () => {
    made ??= studioFiles();
    return made;
  };
  return {
    name: 'studio-assets',
    async generateBundle() {
      for (const [fileName, source] of await files()) {
        this.emitFile({ type: 'asset', fileName, source });
      }
    },
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const path = (request.url ?? '').replace(/[?#].*/, '').slice(1);
        if (!/^(voice|samples)\//.test(path)) return next();
        files().then((all) => {
          const bytes = all.get(path);
          if (!bytes) return next();
          const type = path.endsWith('.json') ? 'application/json' : 'application/octet-stream';
          response.setHeader('Content-Type', type);
          response.end(bytes);
        }, next);
      });
    },
  };
}
