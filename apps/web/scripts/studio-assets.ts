import { createReadStream, existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';

const require = createRequire(import.meta.url);
const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** One recording a language, so that the build stays small. */
const SAMPLES = [
  'en-vm-review',
  'es-vm-intro',
  'fr-vm-review',
  'it-vm-record-prepend',
  'ru-vm-review',
];

/** What the page is served beside its own code: the packaged voice, and recordings to try. */
function studioFiles(): ReadonlyMap<string, string> {
  const voicePackage = dirname(require.resolve('@hifigan/voice/package.json'));
  const voice = join(voicePackage, 'bundle');
  const samples = SAMPLES.map((name) => `${name}.wav`);
  return new Map([
    ...readdirSync(voice).map((name) => [`voice/${name}`, join(voice, name)] as const),
    ['voice/LICENSE.txt', join(voicePackage, 'LICENSE')],
    ...samples.map((name) => [`samples/${name}`, join(ROOT, 'samples', name)] as const),
    ['samples/LICENSE.txt', join(ROOT, 'samples/LICENSE.md')],
  ]);
}

/** Puts the files of {@link studioFiles} into the build, and serves them while developing. */
export function studioAssets(): Plugin {
  const files = studioFiles();
  return {
    name: 'studio-assets',
    generateBundle() {
      for (const [fileName, path] of files) {
        this.emitFile({ type: 'asset', fileName, source: readFileSync(path) });
      }
    },
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const path = files.get((request.url ?? '').replace(/[?#].*/, '').slice(1));
        if (!path || !existsSync(path)) return next();
        response.setHeader(
          'Content-Type',
          path.endsWith('.json') ? 'application/json' : 'application/octet-stream',
        );
        createReadStream(path).pipe(response);
      });
    },
  };
}
