import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type FakeMachine, fakeMachine, fakeWheel } from './fakes.js';
import { lock } from './lock.js';
import { nodeHeaders } from './node-headers.js';
import { stage } from './stage.js';
import { checkRoom, cudaRequirements, libraryAt } from './tensorflow-library.js';

let machine: FakeMachine;

beforeEach(() => {
  machine = fakeMachine();
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(machine.root, { recursive: true, force: true });
});

describe('lock', () => {
  it('is taken once and given back', async () => {
    const held = await lock(machine.cache);
    await expect(lock(machine.cache)).rejects.toThrow(/held by another setup/);
    await held.release();
    await (await lock(machine.cache)).release();
  });

  it('of another machine is not judged', async () => {
    const text = JSON.stringify({ host: 'elsewhere', pid: 1 });
    writeFileSync(join(machine.cache, 'setup.lock'), text);
    await expect(lock(machine.cache)).rejects.toThrow(/elsewhere, process 1.*remove that file/);
  });
});

describe('stage', () => {
  const folder = () => join(machine.cache, 'thing', '1');

  it('leaves nothing half done', async () => {
    const failing = stage(machine.cache, folder(), async (temporary) => {
      writeFileSync(join(temporary, 'half'), '');
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await stage(machine.cache, folder(), async () => {})).toBe(true);
    expect(await stage(machine.cache, folder(), async () => {})).toBe(false);
  });

  it('keeps what was there until its successor is complete', async () => {
    await stage(machine.cache, folder(), async () => {});
    const again = stage(
      machine.cache,
      folder(),
      async () => {
        throw new Error('no');
      },
      { again: true },
    );
    await expect(again).rejects.toThrow('no');
    expect(await stage(machine.cache, folder(), async () => {})).toBe(false);
  });
});

describe("Node's headers", () => {
  const find = (node: string) =>
    nodeHeaders({
      cache: machine.cache,
      node,
      signal: new AbortController().signal,
      log: () => {},
    });
  const headersIn = (folder: string) => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'node_api.h'), '');
    return folder;
  };

  it('are those that npm_config_nodedir names: an installation, or sources', async () => {
    const own = headersIn(join(machine.root, 'own', 'include', 'node'));
    const beside = headersIn(join(machine.root, 'node', 'include', 'node'));
    const node = join(machine.root, 'node', 'bin', 'node');
    expect(await find(node)).toBe(beside);
    vi.stubEnv('npm_config_nodedir', join(machine.root, 'own'));
    expect(await find(node)).toBe(own);
    const sources = headersIn(join(machine.root, 'sources', 'src'));
    vi.stubEnv('npm_config_nodedir', join(machine.root, 'sources'));
    expect(await find(node)).toBe(sources);
  });

  it("come from npm where this Node has none, in Node's own version, once", async () => {
    const node = join(machine.root, 'bare', 'bin', 'node');
    const headers = await find(node);
    expect(headers).toContain(join('node-headers', process.versions.node));
    expect(await find(node)).toBe(headers);
    expect(machine.calls()).toHaveLength(1);
    expect(machine.calls()[0]).toContain(`node-linux-${process.arch}@${process.versions.node}`);
  });

  it('are asked for where that package has none', async () => {
    machine.program('npm', 'exit 0');
    await expect(find(join(machine.root, 'bare', 'bin', 'node'))).rejects.toThrow(
      /node_api\.h must be in .*npm_config_nodedir=/,
    );
  });
});

describe('the library', () => {
  it('tells its version by the folder beside it', () => {
    const folder = fakeWheel(join(machine.root, 'w'));
    rmSync(join(machine.root, 'w', 'tensorflow_cpu-2.21.0.dist-info'), { recursive: true });
    expect(() => libraryAt(folder)).toThrow(/dist-info, must be there/);
  });

  it('needs room on the disk', () => {
    const { bavail, bsize } = statfsSync(machine.cache);
    expect(() => checkRoom(machine.cache, 0)).not.toThrow();
    expect(() => checkRoom(machine.cache, 2 * bavail * bsize + 2 ** 30)).toThrow(
      /has [\d.]+ GiB free and needs [\d.]+ GiB; free some, or name a folder on another disk/,
    );
  });

  it("names CUDA's packages in its own metadata", () => {
    const info = join(machine.root, 'cuda', 'tensorflow-2.21.0.dist-info');
    mkdirSync(info, { recursive: true });
    writeFileSync(
      join(info, 'METADATA'),
      'Requires-Dist: numpy (>=1.26.0)\n' +
        'Requires-Dist: nvidia-cublas-cu12<13.0,>=12.5 ; extra == "and-cuda"\n' +
        "Requires-Dist: nvidia-cudnn-cu12 (<10.0,>=9.3) ; extra == 'and-cuda'\n",
    );
    expect(cudaRequirements(join(machine.root, 'cuda'))).toEqual([
      'nvidia-cublas-cu12<13.0,>=12.5',
      'nvidia-cudnn-cu12<10.0,>=9.3',
    ]);
  });
});
