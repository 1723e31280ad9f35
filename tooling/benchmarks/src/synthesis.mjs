// A generator's speed on a CPU: our WebAssembly backend beside those whom users know, in turns, one run.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { describeMachine, grid, interleave, readMachine } from '@hifigan/cli/measuring';
import { presets } from '@hifigan/config';
import { askNode, askPython, judgesPython } from './python.mjs';

const { values } = parseArgs({
  // pnpm hands the separating "--" on.
  args: process.argv.slice(2).filter((word) => word !== '--'),
  options: {
    config: { type: 'string', default: 'v1,v2,v3' },
    frames: { type: 'string', default: '172' },
    threads: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '10' },
    only: { type: 'string' },
    json: { type: 'string' },
  },
});
const [frames, threads, rounds] = [values.frames, values.threads, values.rounds].map(Number);
const script = (/** @type {string} */ file) => fileURLToPath(new URL(file, import.meta.url));

const IN_NODE = [
  'hifigan',
  'hifigan-gpu',
  'onnxruntime-web',
  'onnxruntime-node',
  'tfjs-backend-wasm',
];
const IN_PYTHON = ['torch', 'openvino'];
const wanted = values.only?.split(',') ?? [...IN_NODE, ...IN_PYTHON];

const folder = mkdtempSync(join(tmpdir(), 'hifigan-benchmark-'));
const reports = [];
try {
  for (const name of values.config.split(',')) {
    if (!(name in presets)) throw new Error(`--config ${name} must be of v1, v2, v3`);
    const config = presets[/** @type {'v1'} */ (name)];
    const seconds = (frames * config.hop_size) / config.sampling_rate;
    const onnx = join(folder, `${name}.onnx`);
    execFileSync(judgesPython(), [script('synthesis.py'), 'export', name, `${frames}`, '1', onnx], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const contenders = [];
    for (const contender of wanted) {
      const args = [contender, name, `${frames}`, `${threads}`, onnx];
      const process =
        IN_NODE.includes(contender) || contender === 'hifigan-exact'
          ? askNode(script('synthesis-contender.mjs'), args)
          : askPython(script('synthesis.py'), args, { threads });
      const { missing } = await process.next();
      if (missing) console.error(`${contender} is left out: ${missing}`);
      else
        contenders.push({ name: contender, run: () => process.ask('run'), close: process.close });
    }
    const machine = readMachine();
    const results = await interleave(contenders, { rounds, warmUp: 4 });
    for (const { close } of contenders) close();
    const [first] = results;
    console.log(
      `\n${name}, ${frames} frames (${seconds.toFixed(2)} s), ${threads} threads, best of ${rounds}; ${describeMachine(machine)}\n`,
    );
    console.log(
      grid(
        ['', 'milliseconds', '× real time', `${first.name} is as fast (clock, CPU)`],
        results.map(({ name: contender, wall, cpu }) => [
          contender,
          (wall * 1000).toFixed(1),
          (seconds / wall).toFixed(2),
          `${(wall / first.wall).toFixed(2)} ${(cpu / first.cpu).toFixed(2)}`,
        ]),
      ),
    );
    reports.push({ config: name, frames, seconds, threads, machine, results });
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
if (values.json) {
  writeFileSync(values.json, `${JSON.stringify({ reports }, null, 2)}\n`);
}
