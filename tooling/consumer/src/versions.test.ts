import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { requireNative } from '@hifigan/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { must, publicPackages, ROOT, readManifest } from './workspace.js';

const packages = publicPackages();
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** `changeset version` in a copy of the manifests with these changesets; the new version of each package. */
async function versionsAfter(changes: Readonly<Record<string, 'patch' | 'minor'>>) {
  const copy = mkdtempSync(join(tmpdir(), 'versions '));
  folders.push(copy);
  const files = ['package.json', 'pnpm-workspace.yaml', '.changeset/config.json'].concat(
    packages.map(({ folder }) => `${folder}/package.json`),
  );
  for (const file of files) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    cpSync(join(ROOT, file), join(copy, file));
  }
  writeFileSync(join(copy, 'pnpm-lock.yaml'), 'lockfileVersion: "9.0"\n');
  const list = Object.entries(changes).map(([name, bump]) => `"@hifigan/${name}": ${bump}`);
  writeFileSync(join(copy, '.changeset/one.md'), `---\n${list.join('\n')}\n---\n\nSomething new\n`);
  await must('git', ['init', '-q'], copy);
  await must('git', ['add', '.'], copy);
  const author = ['-c', 'user.name=test', '-c', 'user.email=test@localhost'];
  await must('git', [...author, 'commit', '-q', '-m', 'all'], copy);
  await must(
    process.execPath,
    [join(ROOT, 'node_modules/@changesets/cli/bin.js'), 'version'],
    copy,
  );
  expect(existsSync(join(copy, '.changeset/one.md'))).toBe(false);
  return {
    copy,
    bumped: packages
      .map(({ folder, manifest }) => ({ manifest, after: readManifest(join(copy, folder)) }))
      .filter(({ manifest, after }) => manifest.version !== after.version)
      .map(({ manifest }) => manifest.name)
      .sort(),
    version: (name: string) => readManifest(join(copy, 'packages', name)).version,
  };
}

/** A package and those that name it themselves: only their ranges can refuse its new version. */
function dependentsOf(name: string): string[] {
  const wanted = `@hifigan/${name}`;
  return packages
    .map(({ manifest }) => manifest)
    .filter((manifest) => {
      const { dependencies, peerDependencies } = manifest;
      return manifest.name === wanted || wanted in { ...dependencies, ...peerDependencies };
    })
    .map((manifest) => manifest.name)
    .sort();
}

function next(version: string, part: 1 | 2): string {
  return version
    .split('.')
    .map((number, index) => (index < part ? number : index === part ? Number(number) + 1 : 0))
    .join('.');
}

const current = (name: string) =>
  packages.find(({ manifest }) => manifest.name === `@hifigan/${name}`)!.manifest.version;

// Changesets asks git which files are its own.
const git = requireNative('git', () =>
  spawnSync('git', ['--version']).error ? 'there is no git on the path' : undefined,
);

describe.skipIf(!git.available)('changeset version', () => {
  it('leaves dependents alone after a patch: their caret takes it', async () => {
    const { bumped, version } = await versionsAfter({ audio: 'patch' });
    expect(bumped).toEqual(['@hifigan/audio']);
    expect(version('audio')).toBe(next(current('audio'), 2));
  });

  it('takes along all dependents after a minor that their caret refuses', async () => {
    const { copy, bumped, version } = await versionsAfter({ ops: 'minor' });
    expect(dependentsOf('ops')).toEqual(
      expect.arrayContaining(['@hifigan/models', '@hifigan/train']),
    );
    expect(bumped).toEqual(dependentsOf('ops'));
    expect(version('ops')).toBe(next(current('ops'), 1));
    expect(version('models')).toBe(next(current('models'), 2));
    const changelog = readFileSync(join(copy, 'packages/models/CHANGELOG.md'), 'utf8');
    expect(changelog).toContain(`- @hifigan/ops@${version('ops')}`);
    expect(readManifest(join(copy, 'packages/models')).dependencies!['@hifigan/ops']).toBe(
      'workspace:^',
    );
  });

  it('leaves what does not depend on it', async () => {
    const { bumped } = await versionsAfter({ config: 'minor' });
    expect(bumped).toEqual(dependentsOf('config'));
    expect(bumped).not.toContain('@hifigan/audio');
    expect(bumped).not.toContain('@hifigan/ops');
  });
});
