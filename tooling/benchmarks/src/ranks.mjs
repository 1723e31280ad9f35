// Training on one rank of one thread beside two of one thread each, each with as many clips, in turns in one run.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { describeMachine, grid, readMachine } from '@hifigan/cli/measuring';

const { values } = parseArgs({
  // pnpm hands the separating "--" on.
  args: process.argv.slice(2).filter((word) => word !== '--'),
  options: {
    backend: { type: 'string', default: 'wasm' },
    config: { type: 'string', default: 'v3' },
    // Clips of each rank.
    batch: { type: 'string', default: '2' },
    ranks: { type: 'string', default: '2' },
    steps: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '2' },
    // With the options that it needs here; those of Open MPI by default.
    launcher: {
      type: 'string',
      default: 'mpirun --allow-run-as-root --oversubscribe --bind-to none',
    },
    json: { type: 'string' },
  },
});
const CONTENDER = fileURLToPath(new URL('ranks-contender.mjs', import.meta.url));
const { backend, config, batch, steps } = values;
const ranks = Number(values.ranks);
const program = [process.execPath, CONTENDER, backend, config, batch, steps];

/**
 * Steps of each rank.
 *
 * @param {readonly string[]} command
 * @returns {{ seconds: number, cpuSeconds: number, summingSeconds: number }[][]}
 */
function measure([name, ...args]) {
  const { status, stdout, stderr } = spawnSync(name, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${name} ${args.join(' ')}: ended with ${status}: ${stderr}`);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}

const contenders = [
  { name: '1 rank', ranks: 1, command: program, /** @type {Step[]} */ steps: [] },
  {
    ...{ name: `${ranks} ranks`, ranks },
    command: [...values.launcher.split(' '), '-np', String(ranks), ...program],
    /** @type {Step[]} */
    steps: [],
  },
];
/**
 * @typedef {{ seconds: number, cpuSeconds: number, summingSeconds: number }} Step the slowest rank's time, the mean
 *   of the rest
 */
const mean = (/** @type {number[]} */ all) => all.reduce((sum, one) => sum + one, 0) / all.length;
for (let round = 0; round < Number(values.rounds); round++) {
  for (const contender of contenders) {
    const all = measure(contender.command);
    all[0]?.forEach((_, step) => {
      const each = all.flatMap((rank) => rank[step] ?? []);
      contender.steps.push({
        seconds: Math.max(...each.map(({ seconds }) => seconds)),
        cpuSeconds: mean(each.map(({ cpuSeconds }) => cpuSeconds)),
        summingSeconds: mean(each.map(({ summingSeconds }) => summingSeconds)),
      });
    });
  }
}
const results = contenders.map(({ name, ranks, steps }) => {
  const least = (/** @type {keyof Step} */ key) => Math.min(...steps.map((step) => step[key]));
  return {
    ...{ name, ranks, seconds: least('seconds'), cpuSeconds: least('cpuSeconds') },
    summingSeconds: least('summingSeconds'),
    clipsPerSecond: (ranks * Number(batch)) / least('seconds'),
    clipsPerCpuSecond: Number(batch) / least('cpuSeconds'),
  };
});
const machine = readMachine();
console.log(describeMachine(machine));
console.log(
  `${config} on ${backend}, ${batch} clips a rank, one thread each; the least of all steps`,
);
const [alone] = results;
console.log(
  grid(
    ['', 's a step', 'clips/s', 'of one', 'CPU s a step', 'clips/CPU s a rank', 'in sums, s'],
    results.map((row) => [
      row.name,
      row.seconds.toFixed(2),
      row.clipsPerSecond.toFixed(3),
      `${(row.clipsPerSecond / (alone?.clipsPerSecond ?? Number.NaN)).toFixed(2)} ×`,
      row.cpuSeconds.toFixed(2),
      row.clipsPerCpuSecond.toFixed(3),
      row.summingSeconds.toFixed(2),
    ]),
  ),
);
if (values.json)
  writeFileSync(values.json, `${JSON.stringify({ ...values, machine, results }, null, 2)}\n`);
