import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { readWav } from '@hifigan/audio';
import { main } from '@hifigan/cli';
import { expectClose, launchChromium, type PageServer, servePages } from '@hifigan/testkit';
import type { Browser } from 'playwright-core';
import { expect } from 'vitest';

const WEB = fileURLToPath(new URL('../..', import.meta.url));

/** The build of the studio on a plain host, beside a folder for what tests make, and the command line in it. */
export class BuiltStudio {
  private constructor(
    readonly folder: string,
    /** Where the build's files lie. */
    readonly dist: string,
    readonly server: PageServer,
  ) {}

  static async build(): Promise<BuiltStudio> {
    const folder = mkdtempSync(join(tmpdir(), 'studio '));
    const dist = join(folder, 'dist');
    // As its users do it: in a process that vitest has told nothing.
    const vite = join(WEB, 'node_modules/vite/bin/vite.js');
    const options = ['--outDir', dist, '--emptyOutDir', '--logLevel', 'error'];
    execFileSync(process.execPath, [vite, 'build', ...options], {
      cwd: WEB,
      env: { ...process.env, NODE_ENV: 'production' },
    });
    // A host that sends no headers of its own.
    return new BuiltStudio(folder, dist, await servePages(dist));
  }

  launch(...args: string[]): Promise<Browser> {
    return launchChromium(
      ...args,
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
    );
  }

  /** The path of a sample of the page. */
  sample(name: string): string {
    return join(this.dist, 'samples', `${name}.flac`);
  }

  /** The command line, in the folder of this test. */
  async hifigan(...argv: string[]): Promise<void> {
    let said = '';
    const sink = new Writable({
      write(chunk, _encoding, done) {
        said += chunk;
        done();
      },
    });
    const code = await main(argv, { stdout: sink, stderr: sink, env: {}, cwd: this.folder });
    expect(code, said).toBe(0);
  }

  async synth(input: string, ...options: string[]): Promise<Float32Array> {
    const format = ['--format', 'float32', '--force', '-o', 'cli.wav'];
    await this.hifigan('synth', input, ...format, ...options);
    const path = join(this.folder, 'cli.wav');
    return readWav(readFileSync(path), path).channels[0];
  }

  async close(): Promise<void> {
    await this.server.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** What the page made against what the command line made. */
export function expectSame(page: Float32Array, cli: Float32Array, what: string): void {
  // Of silence nothing could be told.
  expect(cli.reduce((most, value) => Math.max(most, Math.abs(value)), 0)).toBeGreaterThan(0.01);
  const { max, mean } = expectClose(page, cli, { max: 1e-4 }, what);
  console.info(`${what}: ${cli.length} samples, max ${max}, mean ${mean}`);
}
