import { readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeWideRun } from '../testing/model.js';
import { startHifigan, until } from '../testing/process.js';
import { inFolder } from '../testing/run-main.js';

/** Every file below a folder, with its contents. */
function contentsOf(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  const files = names.filter((name) => statSync(join(folder, name)).isFile());
  return Object.fromEntries(
    files.map((name) => [name, readFileSync(join(folder, name)).toString('base64')]),
  );
}

const hasDraft = (folder: string) =>
  readdirSync(folder).some((name) => name.startsWith('.') && name.includes('.partial'));

/** A folder with a model that is long to write as `run`, and, of each kind, something written earlier in `out`. */
const inWideWorkshop = (work: (cwd: string) => Promise<void>) =>
  inFolder(async (cwd) => {
    await writeWideRun(join(cwd, 'run'));
    for (const [name, mark] of [
      ['bundle', 'generator.safetensors'],
      ['saved', 'saved_model.pb'],
    ]) {
      await mkdir(join(cwd, 'out', name), { recursive: true });
      await writeFile(join(cwd, 'out', name, mark), 'earlier');
    }
    await writeFile(join(cwd, 'out', 'model.onnx'), 'earlier');
    await writeFile(join(cwd, 'out', 'g_00000100'), 'earlier');
    await work(cwd);
  });

describe('Ctrl-C', () => {
  it('ends convert, export and pack while they write: the draft is gone, what was there stays', () =>
    inWideWorkshop(async (cwd) => {
      const out = join(cwd, 'out');
      const before = contentsOf(out);
      for (const argv of [
        ['convert', 'run', 'out/bundle', '--precision', 'float32'],
        ['convert', 'run', 'out/g_00000100'],
        ['export', 'run', '-o', 'out/model.onnx'],
        ['export', 'run', '-o', 'out/saved'],
        ['pack', 'run', '-o', 'out/bundle', '--precision', 'float32'],
      ]) {
        const process = startHifigan([...argv, '--force'], cwd);
        await until(() => hasDraft(out) || process.child.exitCode !== null);
        process.child.kill('SIGINT');
        expect(await process.ended, `${argv.join(' ')}\n${process.stderr()}`).toBe(130);
        expect(process.stderr()).toMatch(/interrupted; nothing was written/);
        expect(process.stdout().toString()).toBe('');
        expect(contentsOf(out)).toEqual(before);
      }
    }));

  it('ends pack while it computes its golden output, on the slowest backend', () =>
    inWideWorkshop(async (cwd) => {
      const before = contentsOf(cwd);
      const argv = ['pack', 'run', '-o', 'new', '--backend', 'cpu'];
      const process = startHifigan(argv, cwd);
      await until(() => process.stderr().includes('names no licence'));
      process.child.kill('SIGINT');
      expect(await process.ended, process.stderr()).toBe(130);
      expect(contentsOf(cwd)).toEqual(before);
    }));
});
