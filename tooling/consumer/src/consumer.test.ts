import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProject, installed, pack, pinned, shippedImports } from './project.js';
import { snippetsOf } from './snippets.js';
import { type Resolution, typeErrors, withoutTypes } from './types.js';
import { entryPoints, must, publicPackages, ROOT, readManifest, run } from './workspace.js';

const packages = publicPackages();
const names = packages.map(({ manifest }) => manifest.name);
const withCode = packages.filter(({ manifest }) => entryPoints(manifest).length > 0);
/** A space in the path, as in many a home. */
const folder = mkdtempSync(join(tmpdir(), 'a stranger '));
const alone = join(folder, 'alone');
const all = join(folder, 'all');
const WRITE_CONFIG = `
  import { writeFileSync } from 'node:fs';
  import { presets } from '@hifigan/config';
  writeFileSync('config.json', JSON.stringify(presets.v1));`;
let tarballs: Map<string, string>;

beforeAll(async () => {
  tarballs = await pack(packages, join(folder, 'packed'));
  await createProject(alone, { '@hifigan/audio': `file:${tarballs.get('@hifigan/audio')}` });
  await createProject(all, {
    ...Object.fromEntries([...tarballs].map(([name, path]) => [name, `file:${path}`])),
    '@tensorflow/tfjs': pinned('@tensorflow/tfjs', 'packages/train'),
    '@tensorflow/tfjs-core': pinned('@tensorflow/tfjs-core', 'packages/ops'),
    '@types/node': pinned('@types/node', 'tooling/consumer'),
  });
  await must(process.execPath, ['--input-type=module', '-e', WRITE_CONFIG], all);
  const voice = join(all, 'node_modules/@hifigan/voice/bundle');
  if (existsSync(voice)) cpSync(voice, join(all, 'bundle'), { recursive: true });
  copyFileSync(join(ROOT, 'samples/en-vm-review.wav'), join(all, 'speech.wav'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('@hifigan/audio alone', () => {
  it('brings fft.js and nothing else', () => {
    expect(installed(alone)).toEqual(['@hifigan/audio', 'fft.js']);
  });

  it('is installed again from its lockfile as it was, and works', async () => {
    await must('npm', ['ci', '--ignore-scripts', '--no-audit', '--prefer-offline'], alone);
    const script =
      "import { hannWindow } from '@hifigan/audio'; console.log([...hannWindow(4)].map((x) => x.toFixed(3)).join());";
    writeFileSync(join(alone, 'use.js'), script);
    expect(await must(process.execPath, ['use.js'], alone)).toBe('0.000,0.500,1.000,0.500\n');
  });
});

describe('all packages together', () => {
  it('share one tfjs', () => {
    const copies = installed(all).filter((name) => name.endsWith('@tensorflow/tfjs-core'));
    expect(copies).toEqual(['@tensorflow/tfjs-core']);
  });

  it.each(packages.map(({ manifest }) => manifest))(
    '$name holds no reference to the workspace, and exact or caret versions',
    ({ name, version }) => {
      const packed = readManifest(join(all, 'node_modules', name));
      expect(packed.version).toBe(version);
      const { dependencies, peerDependencies, devDependencies } = packed;
      expect(JSON.stringify({ dependencies, peerDependencies, devDependencies })).not.toMatch(
        /workspace:|catalog:|link:|file:/,
      );
      for (const [dependency, range] of Object.entries({ ...dependencies, ...peerDependencies })) {
        expect(`${dependency} ${range}`).toMatch(/ \^?\d+\.\d+\.\d+$/);
        const ours = packages.find(({ manifest }) => manifest.name === dependency);
        if (ours) expect(range).toBe(`^${ours.manifest.version}`);
      }
    },
  );

  it.each(withCode.map(({ manifest }) => manifest))(
    '$name is imported from Node',
    async (manifest) => {
      const script = entryPoints(manifest)
        .map((entry) => `console.log(Object.keys(await import('${entry}')).length > 0);`)
        .join('\n');
      const { code, stdout, output } = await run(
        process.execPath,
        ['--input-type=module', '-e', script],
        all,
      );
      expect(code, output).toBe(0);
      expect(stdout).toBe('true\n'.repeat(entryPoints(manifest).length));
    },
  );

  it.each(packages.map(({ manifest }) => manifest))(
    '$name ships nothing that imports what it does not declare',
    ({ name, dependencies, peerDependencies }) => {
      const declared = Object.keys({ ...dependencies, ...peerDependencies, [name]: '' });
      const undeclared = shippedImports(join(all, 'node_modules', name)).filter(
        (wanted) => !declared.includes(wanted),
      );
      expect(undeclared).toEqual([]);
    },
  );

  it('register nothing when they are imported', async () => {
    const libraries = withCode.filter(({ folder: place }) => !/^apps|cli$/.test(place));
    const script = `
      import * as tf from '@tensorflow/tfjs';
      const state = () => [
        Object.keys(tf.engine().registryFactory),
        ...['cpu', 'webgl', 'tensorflow', 'wasm'].map((name) => tf.getKernelsForBackend(name).length),
        tf.memory().numTensors,
      ].join();
      const before = state();
      for (const name of ${JSON.stringify(libraries.flatMap(({ manifest }) => entryPoints(manifest)))}) await import(name);
      console.log(state() === before ? 'same' : before + ' ' + state());`;
    expect(await must(process.execPath, ['--input-type=module', '-e', script], all)).toBe('same\n');
  });

  it.each<Resolution>(['NodeNext', 'Bundler'])('have types under %s', (resolution) => {
    const file = join(all, `types-${resolution}.ts`);
    const entries = withCode.flatMap(({ manifest }) => entryPoints(manifest));
    const lines = entries.flatMap((entry, index) => [
      `import * as entry${index} from '${entry}';`,
      `export const size${index}: number = Object.keys(entry${index}).length;`,
      // Would pass if the module were any.
      `// @ts-expect-error`,
      `export const none${index} = entry${index}.thisIsNotThere;`,
    ]);
    writeFileSync(file, lines.join('\n'));
    expect(typeErrors([file], resolution)).toEqual([]);
  });

  it.each(packages.filter(({ manifest }) => manifest.bin).map(({ manifest }) => manifest))(
    '$name has a command that runs',
    async ({ bin }) => {
      for (const command of Object.keys(bin!)) {
        const { code, stdout, output } = await run(
          join(all, 'node_modules/.bin', command),
          ['--help'],
          all,
        );
        expect(code, output).toBe(0);
        expect(stdout).toContain('Usage: hifigan');
      }
    },
  );
});

describe('the snippets of the READMEs', () => {
  const readmes = packages.map(({ folder: place }) => ({
    place,
    snippets: snippetsOf(readFileSync(join(ROOT, place, 'README.md'), 'utf8')),
  }));
  const snippets = readmes.flatMap(({ place, snippets: found }) =>
    found.map((snippet) => ({ ...snippet, place, title: `${place}/README.md:${snippet.line}` })),
  );

  // Those with a command show commands.
  it.each(withCode.filter(({ manifest }) => !manifest.bin))(
    '$folder shows one',
    ({ folder: place }) => {
      expect(readmes.find((readme) => readme.place === place)!.snippets.length).toBeGreaterThan(0);
    },
  );

  it.each(snippets)('$title has the types it says', ({ text, title }) => {
    const file = join(all, `${title.replace(/\W+/g, '-')}.ts`);
    writeFileSync(file, `${text}\nexport {};\n`);
    expect(typeErrors([file], 'NodeNext')).toEqual([]);
  });

  it.each(snippets.filter(({ runs }) => runs))('$title runs', async ({ text, title }) => {
    const file = join(all, `${title.replace(/\W+/g, '-')}.js`);
    writeFileSync(file, withoutTypes(text));
    const { code, output } = await run(process.execPath, [file], all);
    expect(code, output).toBe(0);
  });
});

describe('what others look for in a package', () => {
  it.each(names)('publint finds nothing wrong with %s', async (name) => {
    const pkgDir = join(all, 'node_modules', name);
    const { messages, pkg } = await publint({ pkgDir, pack: false, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  // What cannot be true of packages that are ECMAScript modules alone, on purpose.
  const onPurpose = ['CJSResolvesToESM'];

  it.each(withCode.map(({ manifest }) => manifest.name))(
    'attw finds the types of %s right',
    async (name) => {
      const tarball = createPackageFromTarballData(
        new Uint8Array(readFileSync(tarballs.get(name)!)),
      );
      const result = await checkPackage(tarball, { excludeEntrypoints: [/package\.json$/] });
      if (!result.types) throw new Error(`${name} has no types`);
      const problems = result.problems
        .filter((problem) => !onPurpose.includes(problem.kind))
        // Resolvers from before `exports` see no sub-paths.
        .filter((problem) => !('resolutionKind' in problem && problem.resolutionKind === 'node10'));
      expect(problems).toEqual([]);
    },
  );
});
