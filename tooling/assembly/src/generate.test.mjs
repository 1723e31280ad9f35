import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { inflateSync } from 'node:zlib';
import { generateScripts } from '@hifigan/vitest/set-up-generated';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { generate } from './generate.mjs';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** @type {string} */
let folder;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'assembly '));
  mkdirSync(join(folder, 'assembly'));
  writeProgram('1');
  vi.spyOn(console, 'log').mockReturnValue(undefined);
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

/** @param {string} answer */
function writeProgram(answer) {
  const text = `export function answer(): i32 { return ${answer}; }\n`;
  writeFileSync(join(folder, 'assembly/index.ts'), text);
}

const make = () => generate(pathToFileURL(`${folder}/`), { plain: [], copy: [] });

/** What the program of a build says. @param {string} name */
async function answerOf(name) {
  const text = readFileSync(join(folder, 'src/generated', `${name}.ts`), 'utf8');
  const base64 = /binary =\s+'([^']+)'/.exec(text)?.[1] ?? '';
  const { instance } = await WebAssembly.instantiate(Buffer.from(base64, 'base64'));
  return /** @type {() => number} */ (instance.exports.answer)();
}

describe('generated modules', () => {
  it('are compiled where they are missing or older than what they are made from', async () => {
    expect(await make()).toEqual(['plain', 'copy']);
    expect(await answerOf('plain')).toBe(1);
    expect(await make()).toEqual([]);
    rmSync(join(folder, 'src/generated/copy.ts'));
    expect(await make()).toEqual(['copy']);
    writeProgram('2');
    expect(await make()).toEqual(['plain', 'copy']);
    expect([await answerOf('plain'), await answerOf('copy')]).toEqual([2, 2]);
    // Not the time of a file but its content counts.
    writeProgram('2');
    expect(await make()).toEqual([]);
  });

  it('are deflated where their host is to inflate them', async () => {
    await make();
    const form = /** @type {const} */ ('deflated');
    await generate(pathToFileURL(`${folder}/`), { small: [] }, { form });
    const text = readFileSync(join(folder, 'src/generated/small.ts'), 'utf8');
    const [, base64] = /export const deflated =\s+'([^']+)'/.exec(text) ?? [];
    const binary = inflateSync(Buffer.from(base64 ?? '', 'base64'));
    const { instance } = await WebAssembly.instantiate(binary);
    expect(/** @type {() => number} */ (instance.exports.answer)()).toBe(1);
  });

  it('of a build that is no more are removed', async () => {
    const out = join(folder, 'src/generated');
    mkdirSync(out, { recursive: true });
    for (const file of ['gone.ts', 'plain.ts.7.unfinished']) writeFileSync(join(out, file), '');
    await make();
    // Another process may be writing the unfinished one.
    expect(readdirSync(out).sort()).toEqual(['copy.ts', 'plain.ts', 'plain.ts.7.unfinished']);
  });

  it('stay as they are where the program does not compile', async () => {
    await make();
    writeProgram('nothing');
    await expect(make()).rejects.toThrow(/Cannot find name 'nothing'/);
    expect(await answerOf('plain')).toBe(1);
  });
});

describe('tests of a single package', () => {
  const scriptsOf = (/** @type {string} */ name) =>
    generateScripts(join(ROOT, name)).map((path) => relative(ROOT, path).split(sep).join('/'));

  it('compile what they run on, their own or of packages below', () => {
    const [audio, wasm] = ['audio', 'backend-wasm'].map(
      (name) => `packages/${name}/scripts/generate.mjs`,
    );
    expect(scriptsOf('packages/audio')).toEqual([audio]);
    expect(scriptsOf('packages/backend-wasm')).toEqual([wasm]);
    expect(scriptsOf('packages/vocoder').sort()).toEqual([audio, wasm]);
    expect(scriptsOf('packages/config')).toEqual([]);
  });

  it('do so before the first test', { timeout: 60_000 }, () => {
    const file = (/** @type {string} */ name, /** @type {string} */ text) =>
      writeFileSync(join(folder, name), text);
    const importing = (/** @type {string} */ path) =>
      JSON.stringify(pathToFileURL(join(ROOT, path)).href);
    for (const name of ['scripts', 'src']) mkdirSync(join(folder, name));
    file('package.json', '{ "type": "module" }');
    file(
      'scripts/generate.mjs',
      `import { generate } from ${importing('tooling/assembly/src/generate.mjs')};
await generate(new URL('..', import.meta.url), { plain: [] });`,
    );
    file(
      'vitest.config.js',
      `import { preset } from ${importing('tooling/vitest/index.js')};
export default preset({ globals: true });`,
    );
    file(
      'src/a.test.ts',
      `import { binary } from './generated/plain.js';
it('is there', () => expect(binary).toMatch(/^AGFzbQ/));`,
    );
    const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
    const { status, stdout, stderr } = spawnSync(process.execPath, [vitest, 'run'], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(status, stdout + stderr).toBe(0);
  });
});
