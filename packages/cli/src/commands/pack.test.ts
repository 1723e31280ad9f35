import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readSafetensors } from '@hifigan/checkpoint';
import { expectClose } from '@hifigan/testkit';
import { describe, expect, it } from 'vitest';
import { runMain } from '../testing.js';
import { inSynthWorkshop, readRecording } from '../testing-synth.js';

describe('hifigan pack', () => {
  it('packs a run into a bundle that sounds the same', () =>
    inSynthWorkshop(async (cwd) => {
      await writeFile(join(cwd, 'card.json'), JSON.stringify({ name: 'tiny', data: 'a tone' }));
      const packed = await runMain(
        ['pack', 'run', '-o', 'bundle', '--precision', 'float32', '--card', 'card.json'],
        { cwd },
      );
      expect(packed).toMatchObject({ code: 0, stdout: 'bundle\n' });
      expect((await readdir(join(cwd, 'bundle'))).sort()).toEqual([
        'bundle.json',
        'card.json',
        'config.json',
        'generator.safetensors',
        'golden.safetensors',
      ]);
      const { arrays } = readSafetensors(
        await readFile(join(cwd, 'bundle', 'generator.safetensors')),
      );
      expect([...arrays.keys()].filter((name) => /weight_[gv]$/.test(name))).toEqual([]);
      const values = [...arrays.values()].reduce((sum, { data }) => sum + data.length, 0);
      expect(JSON.parse(await readFile(join(cwd, 'bundle', 'card.json'), 'utf8'))).toEqual({
        name: 'tiny',
        data: 'a tone',
        steps: 101,
        parameters: values,
        precision: 'float32',
      });
      const speak = async (checkpoint: string) => {
        const out = `${checkpoint}.wav`;
        await runMain(
          ['synth', 'a.npy', '-o', out, '--format', 'float32', '--checkpoint', checkpoint],
          { cwd },
        );
        return (await readRecording(join(cwd, out))).channels[0];
      };
      expectClose(await speak('bundle'), await speak('run'), { max: 1e-5 });
      expect((await runMain(['pack', 'run', '-o', 'bundle'], { cwd })).stderr).toMatch(
        /bundle: exists already/,
      );
      expect((await runMain(['pack', 'run', '-o', 'bundle', '--force'], { cwd })).code).toBe(0);
      expectClose(await speak('bundle'), await speak('run'), { max: 2e-3 });
    }));
});
