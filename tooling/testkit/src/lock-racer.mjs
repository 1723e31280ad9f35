// One of the processes of lock-race.ts.
// Usage: node lock-racer.mjs MODULE '{"kind": "rounds", "paths": […], "interval": 40}'
// MODULE exports `tryTake(path)`: whether the lock is this process's now.
import { closeSync, openSync, rmSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

const [module, task] = process.argv.slice(2);
const { tryTake } = await import(module);
const { kind, paths, interval } = JSON.parse(task);

process.stdout.write('ready\n');
const start = await new Promise((given) => process.stdin.once('data', (data) => given(+data)));

/** @param {string} text */
const tell = (text) => new Promise((done) => process.stdout.write(`${text}\n`, done));

if (kind === 'rounds') {
  for (const [round, path] of paths.entries()) {
    await wait(Math.max(0, start + round * interval - Date.now()));
    if (await tryTake(path)) await tell(path);
  }
  await tell('done');
  // Alive until all are done, else its locks are dead ones.
  process.stdin.once('end', () => process.exit()).resume();
} else {
  const [path] = paths;
  while (!(await tryTake(path))) await wait(1);
  const inside = `${path}.inside`;
  closeSync(openSync(inside, 'wx'));
  await wait(5);
  rmSync(inside);
  await tell('was alone');
  process.kill(process.pid, 'SIGKILL');
}
