import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Compiles a program of `native/` as the ops are, runs it, and gives its lines, each split at its spaces. */
export function runNativeCheck(source: string): string[][] {
  const path = fileURLToPath(new URL(`../../../native/${source}`, import.meta.url));
  const folder = mkdtempSync(join(tmpdir(), 'hifigan-native-'));
  try {
    const program = join(folder, 'check');
    const compiler = process.env.CXX ?? 'c++';
    execFileSync(compiler, ['-std=c++17', '-O3', '-fno-math-errno', path, '-o', program]);
    const lines = execFileSync(program, { encoding: 'utf8' }).trim().split('\n');
    return lines.map((line) => line.split(' '));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
