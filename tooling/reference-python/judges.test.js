import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { judgesPython, requireJudges } from '@hifigan/testkit';
import { describe, expect, it } from 'vitest';
const FOLDER = dirname(fileURLToPath(import.meta.url));
const GOLDENS = join(FOLDER, 'hifigan_reference/goldens');
/** The packages that have goldens, each a module with a function `run`. */
const packages = readdirSync(GOLDENS)
    .filter((name) => /^[a-z]\w*\.py$/.test(name))
    .filter((name) => /^def run\(/m.test(readFileSync(join(GOLDENS, name), 'utf8')))
    .map((name) => name.replace('.py', ''));
function python(...args) {
    const { stdout, stderr, status } = spawnSync(judgesPython(), args, {
        cwd: FOLDER,
        encoding: 'utf8',
        env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
    });
    return { output: `${stdout}${stderr}`, status };
}
describe.skipIf(!requireJudges().available)('the oracle', () => {
    it('agrees with itself', () => {
        const { output, status } = python('-m', 'unittest', 'discover', '-t', '.', '-s', 'tests');
        expect(status, output).toBe(0);
        expect(output).toMatch(/Ran [1-9]\d* tests/);
    });
    it.each(packages)('writes the goldens of %s again as they are', (name) => {
        const { output, status } = python('-m', 'hifigan_reference', 'goldens', '--check', '--only', name);
        expect(status, output).toBe(0);
        console.log(output);
    });
});
