import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sourceArguments, tinyConfig } from '@hifigan/testkit';
import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import type { BenchReport } from '../bench/report.js';
import { writeRun } from '../testing/model.js';
import { inFolder, type Run, runMain } from '../testing/run-main.js';

const EXECUTABLE = fileURLToPath(new URL('../../bin/hifigan.js', import.meta.url));
/** The same with backends that fail. */
const FAILING = fileURLToPath(new URL('../testing/program.ts', import.meta.url));

function start(argv: readonly string[], cwd: string, program: string): ChildProcess {
  // What started the tests may bring libraries along, and say that npm was called from elsewhere.
  const { HIFIGAN_THREADS: _, NODE_PATH: __, INIT_CWD: ___, ...env } = process.env;
  const args = [...sourceArguments(), program, ...argv];
  // A group of its own, as a terminal's commands have.
  return spawn(process.execPath, args, { cwd, env, detached: process.platform !== 'win32' });
}

/** Runs a program as a user does. */
function run(
  argv: readonly string[],
  cwd: string,
  program = EXECUTABLE,
): Promise<Omit<Run, 'bytes'>> {
  const child = start(argv, cwd, program);
  let [stdout, stderr] = ['', ''];
  child.stdout?.on('data', (text) => {
    stdout += text;
  });
  child.stderr?.on('data', (text) => {
    stderr += text;
  });
  return new Promise((done) => {
    child.on('close', (code) => done({ code: code ?? -1, stdout, stderr }));
  });
}

const QUICK = ['--frames', '20', '--chunk-frames', '4', '--rounds', '2'];

/** A folder with a small configuration. */
const inWorkshop = (work: (cwd: string) => Promise<void>) =>
  inFolder(async (cwd) => {
    await writeFile(join(cwd, 'tiny.json'), JSON.stringify(tinyConfig));
    await work(cwd);
  });

const positive = (value: unknown) => typeof value === 'number' && value > 0;

describe('hifigan bench', () => {
  it('tells every backend, and gives programs all rounds', () =>
    inWorkshop(async (cwd) => {
      const { code, stdout, stderr } = await run(
        ['bench', '-c', 'tiny.json', '--threads', '1,2', '--json', '--plot', 'plot.png', ...QUICK],
        cwd,
      );
      expect({ code, stderr }).toEqual({
        code: 0,
        stderr: expect.stringMatching(
          /^(note: (--threads 2: )?(cpu|webgpu) .*\n)+(bench .*\n)*plot: plot\.png\n$/,
        ),
      });
      const report = JSON.parse(stdout) as BenchReport;
      expect(report).toMatchObject({
        machine: {
          cpu: expect.any(String),
          cores: expect.any(Number),
          memoryBytes: expect.any(Number),
          node: process.version,
          platform: `${process.platform} ${process.arch}`,
          loadAverage: expect.any(Number),
        },
        versions: { hifigan: expect.stringMatching(/^\d/) },
        ...{ weights: 'random weights', frames: 20, chunkFrames: 4, rounds: 2 },
        failed: [],
      });
      // Whether there is a GPU is the machine's affair.
      const usual = <T extends { readonly backend: string }>(all: readonly T[]) =>
        all.filter(({ backend }) => backend !== 'webgpu');
      expect(usual(report.unavailable)).toEqual([]);
      expect(
        usual(report.results).map(({ config, backend, threads }) => [config, backend, threads]),
      ).toEqual([
        ['tiny.json', 'wasm', 1],
        ['tiny.json', 'wasm', 2],
        ['tiny.json', 'cpu', 1],
        // Installed beside the package: it gets an ONNX file of the same configuration, made for it.
        ['tiny.json', 'onnxruntime-node', 1],
        ['tiny.json', 'onnxruntime-node', 2],
      ]);
      const [first] = report.results;
      for (const result of report.results) {
        const { rounds, wallMilliseconds: wall, latencyMilliseconds: latency } = result;
        expect(rounds).toHaveLength(2);
        const walls = rounds.map((round) => round.wallMilliseconds);
        expect(wall.least).toBe(Math.min(...walls));
        expect(wall.median).toBeCloseTo((walls[0] + walls[1]) / 2, 2);
        expect(latency?.least).toBe(
          Math.min(...rounds.map((round) => round.latencyMilliseconds ?? Number.NaN)),
        );
        expect(result).toMatchObject({ frames: 20, audioSeconds: (20 * 64) / 8000 });
        expect(result.timesRealTime).toBeCloseTo(160 / wall.least, 6);
        expect(result.speedRatio).toBeCloseTo(result.timesRealTime / first.timesRealTime, 6);
        expect(result.startToAudioMilliseconds).toBeGreaterThan(result.startMilliseconds);
        expect(result.peakMemoryBytes).toBeGreaterThan(30e6);
        expect(positive(result.startMilliseconds) && positive(result.cpuMilliseconds.least)).toBe(
          true,
        );
      }
      const { width, height, data } = decode(await readFile(join(cwd, 'plot.png')));
      expect(width).toBeGreaterThan(600);
      expect(height).toBeGreaterThan(150);
      // Paper, ink, the mark, and three kinds of bars.
      const colours = new Set<string>();
      for (let at = 0; at < data.length; at += 3) colours.add(data.slice(at, at + 3).join());
      expect(colours.size).toBe(6);
      expect((await readdir(cwd)).sort()).toEqual(['plot.png', 'tiny.json']);
    }));

  it('prints a table: the machine, a row for each, who is not here and why', () =>
    inWorkshop(async (cwd) => {
      const { code, stdout } = await run(
        ['bench', '-c', 'tiny.json', '--backend', 'absent,wasm', '--threads', '1', ...QUICK],
        cwd,
        FAILING,
      );
      expect(code).toBe(0);
      expect(stdout.split('\n')).toEqual([
        expect.stringMatching(/^.+ × \d+, Node v\d.*, load \d+\.\d$/),
        '20 frames, first piece 4, best of 2 rounds, random weights',
        '',
        'config     backend  threads  × real time  ratio  ms to audio  ms from start  peak MB',
        expect.stringMatching(/^tiny\.json {2}wasm +1 +[\d.]+ +1\.00 +[\d.]+ +[\d.]+ +\d+$/),
        'absent is not measured: there is none; build one',
        '',
      ]);
    }));

  it('says of a SavedModel what computes it, and of other folders that they are none', () =>
    inWorkshop(async (cwd) => {
      await mkdir(join(cwd, 'saved'));
      await writeFile(join(cwd, 'saved', 'saved_model.pb'), Buffer.alloc(9000));
      const bench = (path: string) =>
        run(['bench', '-c', 'tiny.json', '--backend', 'wasm', '--exported', path, ...QUICK], cwd);
      const { code, stdout } = await bench('saved');
      expect(code).toBe(0);
      expect(stdout).toMatch(
        /^SavedModel is not measured: no backend here computes them; hifigan-gpu/m,
      );
      await mkdir(join(cwd, 'empty'));
      const none = await bench('empty');
      expect(none.code).toBe(1);
      expect(none.stderr).toMatch(
        /--exported empty: is neither an ONNX file nor the folder of a SavedModel/,
      );
    }));

  it('measures a checkpoint', () =>
    inFolder(async (cwd) => {
      await writeRun(join(cwd, 'run'));
      const bench = (...more: string[]) =>
        run(
          ['bench', '--checkpoint', 'run', '--backend', 'wasm', '--json', ...QUICK, ...more],
          cwd,
        );
      const { code, stdout } = await bench();
      expect(code).toBe(0);
      const name = join('run', 'g_00000000.safetensors');
      expect(JSON.parse(stdout)).toMatchObject({
        weights: `weights of ${name}`,
        results: [{ config: name, backend: 'wasm' }],
      });
      expect(await bench('-c', 'v1,v2')).toMatchObject({ code: 2, stdout: '' });
      const wrong = await bench('-c', 'v3');
      expect(wrong.code).toBe(1);
      expect(JSON.parse(wrong.stdout)).toMatchObject({
        results: [],
        failed: [{ config: 'v3', reason: expect.stringMatching(/num_mels: 12 in the weights/) }],
      });
    }));

  it('goes on where one fails, tells how, and ends with 1', () =>
    inWorkshop(async (cwd) => {
      const { code, stdout, stderr } = await run(
        [
          ...['bench', '-c', 'tiny.json', '--threads', '1', '--json', ...QUICK],
          ...['--backend', 'absent,refuses,aborts,killed,wasm,cpu'],
        ],
        cwd,
        FAILING,
      );
      expect(code).toBe(1);
      expect(stderr).toMatch(/error: tiny\.json on aborts, 1 thread: .*SIGABRT.*out of memory/);
      const { failed, results, unavailable } = JSON.parse(stdout) as BenchReport;
      expect(failed.map(({ backend, reason }) => [backend, reason])).toEqual([
        ['refuses', 'refuses: has no device; plug one in'],
        ['aborts', 'its process was ended by SIGABRT: FATAL ERROR: heap out of memory'],
        ['killed', 'its process was ended by SIGKILL, as the system does where memory runs out'],
      ]);
      expect(results.map(({ backend }) => backend)).toEqual(['wasm', 'cpu']);
      expect(unavailable).toEqual([{ backend: 'absent', reason: 'there is none; build one' }]);
    }));

  it('ends all processes at Ctrl-C, and leaves nothing', () =>
    inWorkshop(async (cwd) => {
      const child = start(
        ['bench', '-c', 'tiny.json', '--backend', 'wasm,hangs', '--plot', 'p.png', ...QUICK],
        cwd,
        FAILING,
      );
      let [stdout, stderr] = ['', ''];
      let hanging = 0;
      child.stdout?.on('data', (text) => {
        stdout += text;
      });
      child.stderr?.on('data', (text) => {
        stderr += text;
        const found = /hangs as (\d+)/.exec(stderr)?.[1];
        if (!found || hanging) return;
        hanging = Number(found);
        // As a terminal does.
        process.kill(-Number(child.pid), 'SIGINT');
      });
      const code = await new Promise((done) => child.on('close', done));
      expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
      expect(stderr.match(/stopping/g)).toHaveLength(1);
      expect(stderr).toMatch(
        /^stopping; nothing is written; .*\nerror: interrupted; nothing was w/m,
      );
      expect(() => process.kill(hanging, 0)).toThrow('ESRCH');
      expect(await readdir(cwd)).toEqual(['tiny.json']);
    }));

  it('runs exported generators on what is installed beside the user', () =>
    inWorkshop(async (cwd) => {
      await mkdir(join(cwd, 'node_modules', 'onnxruntime-node'), { recursive: true });
      await writeFile(join(cwd, 'node_modules', 'onnxruntime-node', 'index.js'), FAKE_ONNXRUNTIME);
      const model = (name: string, shape: (string | number)[], hop: number) =>
        writeFile(join(cwd, name), JSON.stringify({ shape, hop }).padEnd(20_000));
      await model('good.onnx', ['batch', 12, 'frames'], 64);
      await model('fixed.onnx', [1, 12, 33], 64);
      await model('other.onnx', [1, 80, 'frames'], 64);
      await model('hop.onnx', [1, 12, -1], 256);
      const bench = (...files: string[]) =>
        run(
          [
            ...['bench', '-c', 'tiny.json', '--backend', 'wasm', '--threads', '1', '--json'],
            ...[...QUICK, '--exported', ...files],
          ],
          cwd,
        );
      const good = await bench('good.onnx', 'fixed.onnx');
      expect(good.code).toBe(0);
      expect(JSON.parse(good.stdout)).toMatchObject({
        versions: { 'onnxruntime-node': '9.9.9' },
        results: [
          { backend: 'wasm', frames: 20 },
          { backend: 'onnxruntime-node', file: 'good.onnx', frames: 20, threads: 1 },
          {
            ...{ file: 'fixed.onnx', frames: 33, latencyMilliseconds: null },
            startToAudioMilliseconds: null,
          },
        ],
        unavailable: [
          {
            backend: 'onnxruntime-web',
            reason: 'not installed here; npm install onnxruntime-web',
          },
        ],
      });
      const bad = await bench('tiny.json=other.onnx', 'hop.onnx');
      expect(bad.code).toBe(1);
      const { failed } = JSON.parse(bad.stdout) as BenchReport;
      expect(failed.map(({ reason }) => reason)).toEqual([
        expect.stringMatching(
          /^other\.onnx: input float32 \[1, 80, frames\] must have .*\[1, 12, frames\].*CONFIG=FILE$/,
        ),
        expect.stringMatching(/^hop\.onnx: makes \d+ samples of \d+ frames and must make/),
      ]);
      await writeFile(join(cwd, 'large.onnx'), Buffer.alloc(200_000));
      const doubtful = await bench('large.onnx');
      expect(doubtful.stderr).toMatch(
        /note: large\.onnx: has 200 kB, and a generator of tiny\.json [\d,]+ weights/,
      );
      expect(await bench('none.onnx')).toMatchObject({
        code: 1,
        stdout: '',
        stderr: expect.stringMatching(
          /^error: --exported none\.onnx: cannot be read: there is no such/,
        ),
      });
    }));
});

/** What we use of onnxruntime-node; a model is JSON. */
const FAKE_ONNXRUNTIME = `
  const { readFileSync } = require('node:fs');
  exports.env = { versions: { node: '9.9.9' } };
  exports.Tensor = class { constructor(type, data, shape) { Object.assign(this, { type, data, shape }); } };
  exports.InferenceSession = {
    async create(path, { executionProviders, intraOpNumThreads }) {
      const { shape, hop } = JSON.parse(readFileSync(path, 'utf8'));
      if (executionProviders[0] !== 'cpu' || intraOpNumThreads !== 1) throw new Error('odd options');
      return {
        inputNames: ['mel'],
        outputNames: ['audio'],
        inputMetadata: [{ name: 'mel', isTensor: true, type: 'float32', shape }],
        async run({ mel }) {
          if (mel.shape[0] !== 1 || mel.shape[1] !== 12) throw new Error('odd mel');
          return { audio: { data: new Float32Array(mel.shape[2] * hop) } };
        },
      };
    },
  };
`;

describe('what hifigan bench is told', () => {
  const program = EXECUTABLE;

  it('is refused before any work where it is wrong', () =>
    inWorkshop(async (cwd) => {
      const bench = (...argv: string[]) => runMain(['bench', ...argv], { cwd, program });
      for (const argv of [
        ['--rounds', '0'],
        ['--frames', 'many'],
        ['--threads', '1,0'],
        ['--backend', 'wasm,gpu'],
        ['--backend', ''],
        ['--max-seconds', '0'],
        ['--plot', 'plot.jpg'],
        ['--frames', '1e9'],
        ['--chunk-frames', '1e9'],
        ['-c', ','],
        ['-c', ''],
        ['-c', 'v1', '--exported', 'v1='],
        ['-c', 'v1,v2', '--exported', 'a.onnx'],
      ]) {
        expect(await bench(...argv), argv.join(' ')).toMatchObject({ code: 2, stdout: '' });
      }
      expect((await bench('-c', 'v2', '--frames', '1e9')).stderr).toMatch(
        /^error: --frames 1000000000: must be at most 53405 for v2, because so many go at once .* about 65\.5 kB, 65\.5 TB in all; give/,
      );
      expect((await bench('--backend', 'wasm,tensorflow')).stderr).toMatch(/hifigan-gpu has it/);
      expect((await bench('-c', 'v1,v2', '--exported', 'a.onnx')).stderr).toMatch(
        /--exported a\.onnx: must say which configuration .*write --exported v1=a\.onnx/,
      );
      expect(await bench('-c', 'v1,v4')).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/^error: v4: cannot be read: .*take a preset: v1, v2, v3/),
      });
      await writeFile(join(cwd, 'plot.png'), 'mine');
      expect(await bench('--plot', 'plot.png')).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/^error: .*plot\.png: exists already; .*--force/),
      });
      expect(await readFile(join(cwd, 'plot.png'), 'utf8')).toBe('mine');
    }));

  it('needs a program to start, and says so', async () => {
    const alone = await runMain(['bench']);
    expect(alone).toMatchObject({ code: 2, stdout: '' });
    expect(alone.stderr).toMatch(/^error: bench: program must be handed to main, because/);
    expect(await run(['bench-contender'], '.')).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/is started by bench alone/),
    });
  });

  it('explains its figures', async () => {
    const { stdout } = await runMain(['bench', '--help']);
    expect(stdout).toMatch(/ms to audio +from a warm model to the first samples of a stream/);
    expect((await runMain(['--help'])).stdout).not.toContain('bench-contender');
  });
});
