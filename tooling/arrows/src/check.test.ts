import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ARROWS, readTable } from './arrows.js';
import { check, packageOf } from './check.js';
import { findCycle } from './cycle.js';
import { type Manifest, type Room, readRooms } from './room.js';

const ROOT = resolve(fileURLToPath(import.meta.url), '../../../..');
const rooms = readRooms(ROOT);
const before = check(rooms);

/** What the check says of the real workspace with one room changed, beyond what it says anyway. */
function withChange(name: string, change: (room: Room) => Partial<Room>): string[] {
  const changed = rooms.map((room) => (room.name === name ? { ...room, ...change(room) } : room));
  return check(changed).filter((problem) => !before.includes(problem));
}

const withFile = (name: string, text: string, path = 'src/planted.ts') =>
  withChange(name, ({ files }) => ({
    files: [...files, { path, text, isTest: path.includes('.test.') }],
  }));

const withManifest = (name: string, change: (manifest: Manifest) => Partial<Manifest>) =>
  withChange(name, ({ manifest }) => ({ manifest: { ...manifest, ...change(manifest) } }));

describe('the workspace', () => {
  it('follows the arrows', () => {
    expect(before).toEqual([]);
  });

  it('is read whole', () => {
    expect(rooms.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['audio', 'cli', 'gpu', 'ops', 'testkit', 'train', 'voice', 'web']),
    );
    expect(rooms.find(({ name }) => name === 'checkpoint')!.files.length).toBeGreaterThan(3);
  });

  it('has the table that CONTRIBUTING.md shows', () => {
    expect(readTable(readFileSync(join(ROOT, 'CONTRIBUTING.md'), 'utf8'))).toEqual(ARROWS);
  });
});

describe('a planted violation is found', () => {
  it.each([
    ['an arrow that is not there', 'audio', "import { x } from '@hifigan/ops';", 'no arrow'],
    ['a re-export', 'models', "export * from '@hifigan/train';", 'no arrow'],
    ['a dynamic import', 'config', "const x = await import('@hifigan/audio');", 'no arrow'],
    ['a type', 'ops', "import type { X } from '@hifigan/models';", 'no arrow'],
    ['an app', 'cli', "import { x } from '@hifigan/gpu';", 'no arrow'],
    ['a tool in sources', 'audio', "import { x } from '@hifigan/testkit';", 'no arrow'],
    ['a deep import', 'train', "import { x } from '@hifigan/audio/src/wav.js';", 'not export'],
    ['a way out', 'train', "import { x } from '../../audio/src/index.js';", 'another package'],
    ['what is for tests', 'ops', "import { x } from './conv1d.test.js';", 'for tests'],
    ['the inside of tfjs', 'ops', "import '@tensorflow/tfjs-core/dist/ops/x';", 'inside tfjs'],
    ['more of it in a page', 'web', "import '@tensorflow/tfjs-core/dist/ops/x';", 'inside tfjs'],
    ['something undeclared', 'audio', "import x from 'left-pad';", 'must stand in dependencies'],
    ['tfjs where it is not', 'audio', "import * as tf from '@tensorflow/tfjs-core';", 'not belong'],
    ['all of tfjs in ops', 'ops', "import * as tf from '@tensorflow/tfjs';", 'not belong'],
    ['a chosen backend', 'models', "export const f = () => tf.setBackend('cpu');", 'no library'],
    ['a registration', 'ops', 'registerGradient({});', 'importing it does registerGradient(…)'],
    ['an import for effect', 'train', "import './x.js';", 'importing it does'],
  ])('%s', (_, room, text, message) => {
    expect(withFile(room, text).join('\n')).toContain(message);
  });

  it('in tests only where tests may not either', () => {
    const path = 'src/planted.test.ts';
    expect(withFile('audio', "import { x } from '@hifigan/testkit';", path)).toEqual([]);
    expect(withFile('audio', "import x from 'left-pad';", path)).toEqual([
      'packages/audio/src/planted.test.ts imports left-pad: it must stand in devDependencies',
    ]);
  });

  it('dependencies that nobody imports', () => {
    const extra = withManifest('audio', ({ dependencies }) => ({
      dependencies: { ...dependencies, 'left-pad': '1' },
    }));
    expect(extra).toEqual(['packages/audio declares left-pad, which no source imports']);
    const forDevelopment = withManifest('audio', ({ devDependencies }) => ({
      devDependencies: { ...devDependencies, 'left-pad': '1' },
    }));
    expect(forDevelopment.join()).toContain('for development, which nothing imports');
  });

  it('tfjs as a dependency of a library', () => {
    const problems = withChange('ops', ({ manifest, files }) => ({
      manifest: {
        ...manifest,
        dependencies: { '@tensorflow/tfjs-core': '4' },
        peerDependencies: {},
      },
      files: [
        ...files,
        { path: 'src/a.ts', text: "import * as tf from '@tensorflow/tfjs-core';", isTest: false },
      ],
    }));
    expect(problems).toContain('packages/ops must take @tensorflow/tfjs-core as a peer');
  });

  it('circles of packages and of files', () => {
    const packages = withManifest('checkpoint', ({ devDependencies }) => ({
      devDependencies: { ...devDependencies, '@hifigan/testkit': 'workspace:*' },
    }));
    expect(packages.join('\n')).toContain('packages in a circle: ');
    const files = withChange('checkpoint', ({ files: own }) => ({
      files: [
        ...own,
        { path: 'src/a.ts', text: "import { b } from './b.js';", isTest: false },
        { path: 'src/b.ts', text: "import { a } from './a.js';", isTest: false },
      ],
    }));
    expect(files).toEqual([
      'packages/checkpoint: files in a circle: src/a.ts -> src/b.ts -> src/a.ts',
    ]);
    const types = withChange('checkpoint', ({ files: own }) => ({
      files: [
        ...own,
        { path: 'src/a.ts', text: "import { b } from './b.js';", isTest: false },
        { path: 'src/b.ts', text: "import type { a } from './a.js';", isTest: false },
      ],
    }));
    expect(types).toEqual([]);
  });

  it('a room without a row, and one that says it has side effects', () => {
    expect(check([{ ...rooms[0]!, floor: 'packages', name: 'new' }])[0]).toContain('no row');
    expect(withManifest('audio', () => ({ sideEffects: true })).join()).toContain('sideEffects');
  });
});

it('knows packages by their specifiers', () => {
  expect(packageOf('@hifigan/train/node')).toBe('@hifigan/train');
  expect(packageOf('fft.js')).toBe('fft.js');
  expect(packageOf('a/b')).toBe('a');
  expect([packageOf('node:fs'), packageOf('./a.js'), packageOf('#a')]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

it('finds circles, and none in a diamond', () => {
  const diamond = new Map([
    ['a', ['b', 'c']],
    ['b', ['d']],
    ['c', ['d']],
  ]);
  expect(findCycle(diamond)).toBeUndefined();
  expect(findCycle(new Map([...diamond, ['d', ['b']]]))).toEqual(['b', 'd', 'b']);
});
