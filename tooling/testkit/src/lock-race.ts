import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A race of processes for locks. */
export interface LockRace {
  /** URL of a module in plain JavaScript with `tryTake(path)`, whether the lock is the process's now. */
  readonly module: string;
  readonly processes: number;
}

/**
 * All processes reach for one lock after the other, each at the same moment, and keep what they get.
 *
 * @returns how many processes say that a lock is theirs, for each path
 */
export async function raceForLocks(
  { module, processes }: LockRace,
  paths: readonly string[],
): Promise<number[]> {
  const racers = await startAll(processes, module, { kind: 'rounds', paths, interval: 40 });
  const owners = await Promise.all(racers.map((racer) => racer.until('done')));
  for (const { child } of racers) child.stdin!.end();
  await Promise.all(racers.map(({ ended }) => ended));
  return paths.map((path) => owners.flat().filter((one) => one === path).length);
}

/**
 * Each process waits for the lock, has it for a while and dies with it, so that it has to be taken over from a dead
 * one each time.
 *
 * @returns how many processes had it, and had it alone
 */
export async function relayLock({ module, processes }: LockRace, path: string): Promise<number> {
  const racers = await startAll(processes, module, { kind: 'relay', paths: [path] });
  const said = await Promise.all(racers.map((racer) => racer.until('was alone')));
  await Promise.all(racers.map(({ ended }) => ended));
  return said.filter((lines) => lines.at(-1) === 'was alone').length;
}

interface Racer {
  readonly child: ChildProcess;
  readonly ended: Promise<unknown>;
  /** The lines up to one, or to the end. */
  until(last: string): Promise<string[]>;
}

async function startAll(count: number, module: string, task: object): Promise<Racer[]> {
  const script = fileURLToPath(new URL('./lock-racer.mjs', import.meta.url));
  const racers = Array.from({ length: count }, () => {
    const child = spawn(process.execPath, [script, module, JSON.stringify(task)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    return {
      child,
      ended: once(child, 'exit'),
      async until(last: string) {
        const found: string[] = [];
        while (found.at(-1) !== last) {
          const { value, done } = await lines.next();
          if (done) break;
          found.push(value);
        }
        return found;
      },
    };
  });
  await Promise.all(racers.map((racer) => racer.until('ready')));
  for (const { child } of racers) child.stdin.write(`${Date.now() + 50}\n`);
  return racers;
}
