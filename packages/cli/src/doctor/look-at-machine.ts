import { createRequire } from 'node:module';
import { arch, availableParallelism, platform, totalmem } from 'node:os';
import { join } from 'node:path';
import type { Context } from '../context.js';
import { byteSize, counted } from '../terminal/format.js';
import type { Finding } from './finding.js';
import { freeSpace } from './free-space.js';

/** The least that `engines` of our packages names. */
const LEAST_NODE = 20;
/** A checkpoint with the discriminators takes about one. */
const LEAST_SPACE = 2e9;
const LEAST_MEMORY = 2e9;

/** What this computer can be asked; the tests hand in another. */
export interface Machine {
  readonly node: string;
  /** Name of the line with long support, where it is one. */
  readonly longSupport?: string;
  readonly system: string;
  readonly processors: number;
  /** Bytes. */
  readonly memory: number;
  freeSpace(path: string): Promise<number | undefined>;
  /** Version of a package that is installed where `from` lies; undefined where it is not. */
  installed(name: string, from: string): string | undefined;
}

export const thisMachine: Machine = {
  node: process.versions.node,
  longSupport: typeof process.release.lts === 'string' ? process.release.lts : undefined,
  system: `${platform()} ${arch()}`,
  processors: availableParallelism(),
  memory: totalmem(),
  freeSpace,
  installed(name, from) {
    for (const place of [join(from, 'package.json'), import.meta.url]) {
      try {
        return createRequire(place)(`${name}/package.json`).version;
      } catch {
        // Looked for in the next place.
      }
    }
    return undefined;
  },
};

/** Node, machine, disk, terminal and what is optional. */
export async function lookAtMachine(
  { console, cwd, env }: Context,
  machine: Machine = thisMachine,
): Promise<readonly Finding[]> {
  const { node, longSupport, system, processors, memory } = machine;
  const free = await machine.freeSpace(cwd);
  const runtime = machine.installed('onnxruntime-node', cwd);
  const line = longSupport ? ` (long support: ${longSupport})` : '';
  return [
    {
      name: 'Node',
      found: `${node}${line}, ${LEAST_NODE} or later is supported`,
      ...verdict(Number.parseInt(node, 10) >= LEAST_NODE, {
        why: 'this program is neither written for it nor tested on it',
        todo: 'install a newer one from https://nodejs.org',
      }),
    },
    {
      name: 'machine',
      found: `${system}, ${counted(processors, 'processor')}, ${byteSize(memory)} of memory`,
      ...verdict(memory >= LEAST_MEMORY, {
        why: 'training may not find enough memory',
        todo: 'train with a smaller batch (--set batch_size=…); speech needs little',
        optional: true,
      }),
    },
    {
      name: 'disk',
      found: free === undefined ? 'the system does not say' : `${byteSize(free)} free for ${cwd}`,
      ...verdict(free === undefined || free >= LEAST_SPACE, {
        why: 'a checkpoint with the discriminators takes about 1 GB, and --keep-last of them stay',
        todo: 'free some space, or keep fewer (train --keep-last 1)',
        optional: true,
      }),
    },
    {
      name: 'terminal',
      ok: true,
      found: console.animated
        ? `${console.columns} columns, ${env.NO_COLOR ? 'no colours (NO_COLOR)' : 'colours'}, bars move`
        : env.TERM === 'dumb'
          ? 'dumb (TERM): no colours, nothing moves'
          : 'none on stderr: no colours, nothing moves',
    },
    {
      name: 'onnxruntime-node',
      found: runtime ?? 'not installed',
      ...verdict(runtime !== undefined, {
        why: 'bench alone uses it, to compare with it',
        todo: 'nothing, or: npm install onnxruntime-node',
        optional: true,
      }),
    },
  ];
}

type Verdict = Pick<Finding, 'ok' | 'why' | 'todo' | 'optional'>;

function verdict(ok: boolean, otherwise: Omit<Verdict, 'ok'>): Verdict {
  return ok ? { ok } : { ok, ...otherwise };
}
