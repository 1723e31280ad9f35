import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { beforeAll, describe, expect, it } from 'vitest';

const SOURCES = dirname(fileURLToPath(import.meta.url));
/** Inside the package, so that its dependencies are found; not in git. */
const OUT = join(SOURCES, '../build/exit-test');

beforeAll(() => {
  rmSync(OUT, { recursive: true, force: true });
  transpile(SOURCES, OUT);
  const ops = join(OUT, 'node_modules/@hifigan/ops');
  transpile(join(SOURCES, '../node_modules/@hifigan/ops/src'), ops);
  writeFileSync(join(ops, 'package.json'), '{ "type": "module", "exports": "./index.js" }');
});

/** Makes JavaScript of sources, which Node can run without a build. */
function transpile(from: string, to: string): void {
  for (const file of readdirSync(from, { recursive: true }) as string[]) {
    if (!file.endsWith('.ts') || file.endsWith('.test.ts')) continue;
    const { outputText } = ts.transpileModule(readFileSync(join(from, file), 'utf8'), {
      compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
    });
    const target = join(to, file.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, outputText);
  }
}

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a script in a process of its own; one that does not end by itself is killed, and has no code. */
function run(script: string): Promise<Ended> {
  const source = `
    import * as tf from '@tensorflow/tfjs-core';
    import { registerWasmBackend } from './index.js';
    import { runSelfTest } from './testing/self-test.js';
    const { name, threads } = await registerWasmBackend({ threads: 3 });
    await tf.setBackend(name);
    const runtime = tf.backend().runtime;
    ${script}
  `;
  const file = join(OUT, 'script.mjs');
  writeFileSync(file, source);
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [file], { timeout: 60_000, killSignal: 'SIGKILL' });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (text) => {
      stdout += text;
    });
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

describe('a program that uses the backend', () => {
  it('ends by itself', async () => {
    const { code, stdout, stderr } = await run(
      'console.log(threads, runSelfTest(runtime, { items: 100 }), tf.ones([2]).dataSync().join());',
    );
    expect([code, stdout.trim(), stderr]).toEqual([0, '3 0 1,1', '']);
  });

  it('ends by itself where it computed nothing', async () => {
    expect(await run('')).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('ends with its own code, at once', async () => {
    expect(await run('runSelfTest(runtime, { items: 100 }); process.exit(7);')).toMatchObject({
      code: 7,
    });
  });

  it('ends after an error', async () => {
    const { code, stderr } = await run("runSelfTest(runtime, { items: 9 }); throw new Error('x');");
    expect([code, stderr.includes('Error: x')]).toEqual([1, true]);
  });

  it('ends after a worker has failed, which it was told of once', async () => {
    const { code, stdout, stderr } = await run(`
      for (let i = 0; i < 50 && runtime.threads > 1; i++) {
        runSelfTest(runtime, { items: 200, rounds: 500, failure: 'workersTrap' });
      }
      await new Promise((resolve) => setTimeout(resolve, 200));
      console.log(runtime.threads, runSelfTest(runtime, { items: 20 }));
    `);
    expect([code, stdout.trim()]).toEqual([0, '1 0']);
    expect(stderr.trim()).toBe('hifigan-wasm: a worker failed; it goes on with one thread');
  });

  it('may remove the backend and register it again', async () => {
    const { code, stdout, stderr } = await run(`
      await import('@tensorflow/tfjs-backend-cpu');
      await tf.setBackend('cpu');
      tf.removeBackend(name);
      console.log(runtime.threads);
      console.log((await registerWasmBackend({ threads: 1 })).build);
      await tf.setBackend(name);
      console.log(tf.fill([2], 3).dataSync().join());
    `);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.trim().split('\n')).toEqual([
      '1',
      expect.stringMatching(/^(simd|relaxed)$/),
      '3,3',
    ]);
  });
});
