import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AS_IS, evaluated } from '../testing/evaluated.js';
import { inFolder, runMain } from '../testing/run-main.js';
import { noisy, speech, writeComparison, writeSpeech } from '../testing/speech.js';

describe('which recordings hifigan eval compares', () => {
  it('pairs files that differ by their endings or folders alone with those that are like them', () =>
    inFolder(async (cwd) => {
      await writeSpeech(cwd, 'ref/a.wav', speech(0, 1.2));
      await writeSpeech(cwd, 'ref/a.flac', speech(1.2, 2.4));
      await writeSpeech(cwd, 'ref/deep/b.wav', speech(2.4, 3.6));
      await writeSpeech(cwd, 'ref/deep_b.wav', speech(3.6, 4.8));
      const itself = await evaluated(cwd, 'ref', 'ref', ...AS_IS, '--measures', 'stoi');
      expect(itself.systems[0].measures.stoi).toMatchObject({ count: 4 });
      for (const { name, reference, systems } of itself.files) {
        const { sound, measures } = systems.ref;
        expect(sound.file, name).toBe(reference.file);
        expect(measures.stoi, name).toBeCloseTo(1, 9);
      }
      // Without the endings, where that is sure; else nobody knows which is meant.
      await writeSpeech(cwd, 'one/deep_b.wav', speech(3.6, 4.8));
      await writeFile(join(cwd, 'one/deep_b.flac'), 'another');
      await writeFile(join(cwd, 'one/a.ogg'), 'either');
      const one = await evaluated(cwd, 'ref', 'one', ...AS_IS, '--measures', 'stoi');
      expect(one.files.map(({ name }: { name: string }) => name)).toEqual(['deep_b']);
      const unsure = 'several have its path or name, and which belongs to it is not sure';
      expect(one.alone).toEqual([
        { system: 'one', file: 'a.flac', reason: `has no partner in one; ${unsure}` },
        { system: 'one', file: 'a.wav', reason: `has no partner in one; ${unsure}` },
        { system: 'one', file: 'deep/b.wav', reason: 'has no partner in one' },
        { system: 'one', file: 'a.ogg', reason: `has no partner in ref; ${unsure}` },
        { system: 'one', file: 'deep_b.flac', reason: 'has no partner in ref' },
      ]);
    }));

  it('takes folders by any name, such as those that each object of JavaScript has', () =>
    inFolder(async (cwd) => {
      await writeSpeech(cwd, 'ref/a.wav', speech(0, 1.2));
      await writeSpeech(cwd, 'ref/b.wav', speech(1.2, 2.4));
      const systems = ['constructor', 'toString', '__proto__'];
      // Each has one; of the other, nothing that objects have by themselves is taken for a file.
      for (const [index, name] of systems.entries()) {
        const file = ['a', 'b', 'a'][index];
        await writeSpeech(cwd, `${name}/${file}.wav`, noisy(speech(0, 1.2), 0.01, index));
      }
      const argv = ['eval', 'ref', ...systems, ...AS_IS, '--measures', 'stoi', '-o', 'page.html'];
      const { code, stdout, stderr } = await runMain([...argv, '--json'], { cwd });
      expect(code, stderr).toBe(0);
      const found = JSON.parse(stdout);
      expect(found.systems.map(({ name, files }: typeof found) => [name, files])).toEqual(
        systems.map((name) => [name, 1]),
      );
      const of = Object.fromEntries(
        found.files.map(({ name, systems: all }: typeof found) => [name, Object.keys(all)]),
      );
      expect(of).toEqual({ a: ['constructor', '__proto__'], b: ['toString'] });
    }));

  it('pairs by lists, by names alone, and says what has no partner', () =>
    inFolder(async (cwd) => {
      await writeComparison(cwd);
      await writeSpeech(cwd, 'flat/b.wav', speech(1.6, 3.2));
      await writeSpeech(cwd, 'flat/x.wav', speech(0, 1));
      const flat = await evaluated(cwd, 'ref', 'flat', ...AS_IS, '--measures', 'stoi');
      expect(flat.files.map(({ name }: { name: string }) => name)).toEqual(['deep/b']);
      expect(flat.systems[0].measures.stoi.mean).toBeCloseTo(1, 9);
      expect(flat.alone).toEqual([
        { system: 'flat', file: 'a.wav', reason: 'has no partner in flat' },
        { system: 'flat', file: 'deep/c.wav', reason: 'has no partner in flat' },
        { system: 'flat', file: 'x.wav', reason: 'has no partner in ref' },
      ]);
      expect(flat.stderr).toMatch(/3 files without a partner, left out: a\.wav has no partner/);

      await writeFile(join(cwd, 'ref.txt'), 'ref/a.wav\nref/deep/b.wav\n');
      await writeFile(
        join(cwd, 'gen.txt'),
        'quiet/a.wav\n\nloud/a.wav|deep/b\nquiet/deep/b.wav|z\n',
      );
      const lists = await evaluated(cwd, 'ref.txt', 'gen.txt', ...AS_IS, '--measures', 'stoi');
      const sounds = lists.files.map((file: typeof flat) => [
        file.name,
        file.systems['gen.txt'].sound.file,
      ]);
      expect(sounds.sort()).toEqual([
        ['a', 'quiet/a.wav'],
        ['deep/b', 'loud/a.wav'],
      ]);
      expect(lists.alone).toEqual([
        { system: 'gen.txt', file: 'z', reason: 'has no partner in ref.txt' },
      ]);

      await writeFile(join(cwd, 'held-out.txt'), 'deep/c|words|words\n');
      const only = ['--only', 'held-out.txt', '--measures', 'stoi'];
      const chosen = await evaluated(cwd, 'ref', 'quiet', ...AS_IS, ...only);
      expect(chosen.files.map(({ name }: { name: string }) => name)).toEqual(['deep/c']);
      expect(chosen).toMatchObject({
        alone: [],
        notes: ['--only held-out.txt names 1 of 3 references; the others are left out'],
      });
      // What the list wants and does not get.
      await writeFile(join(cwd, 'wanted.txt'), 'a\ndeep/b\nnobody\n');
      const wanted = ['--only', 'wanted.txt', '--measures', 'stoi'];
      const narrow = await evaluated(cwd, 'ref', 'flat', ...AS_IS, ...wanted);
      expect(narrow.files.map(({ name }: { name: string }) => name)).toEqual(['deep/b']);
      expect(narrow.alone).toEqual([
        { system: 'flat', file: 'a.wav', reason: 'has no partner in flat' },
        { file: 'nobody', reason: 'is named in wanted.txt and is none of the references' },
      ]);
      expect(narrow.stderr).toMatch(/2 files without a partner, left out: a\.wav .*; nobody is/);
    }));

  it('says of pairs in folders of other names that they were found by names alone', () =>
    inFolder(async (cwd) => {
      await writeSpeech(cwd, 'ref/one/001.wav', speech(0, 1.2));
      await writeSpeech(cwd, 'ref/two/002.wav', speech(1.2, 2.4));
      await writeSpeech(cwd, 'gen/two/001.wav', speech(0, 1.2));
      await writeSpeech(cwd, 'gen/two/002.wav', speech(1.2, 2.4));
      const { files, notes } = await evaluated(cwd, 'ref', 'gen', ...AS_IS, '--measures', 'stoi');
      expect(files).toHaveLength(2);
      expect(notes).toEqual([
        '1 pair found by names alone, in folders of other names; see that each is the same speech: one/001.wav with gen/two/001.wav',
      ]);
      // Names of lists have no endings, whatever their dots.
      await writeFile(join(cwd, 'ref.txt'), 'ref/one/001.wav|x.one\n');
      await writeFile(join(cwd, 'gen.txt'), 'gen/two/001.wav|x.two\n');
      const apart = await runMain(['eval', 'ref.txt', 'gen.txt', ...AS_IS], { cwd });
      expect(apart.code).toBe(1);
      expect(apart.stderr).toMatch(/gen\.txt: none of its files pairs with one of ref\.txt/);
      // An ending that is written is meant.
      await writeSpeech(cwd, 'ref/one/001.flac', speech(0, 1.2));
      await writeSpeech(cwd, 'gen/one/001.flac', speech(0, 1.2));
      await writeFile(join(cwd, 'only.txt'), 'one/001.flac\n');
      const only = ['--measures', 'stoi', '--only', 'only.txt'];
      const chosen = await evaluated(cwd, 'ref', 'gen', ...AS_IS, ...only);
      expect(chosen.files.map(({ reference }: typeof files) => reference.file)).toEqual([
        'ref/one/001.flac',
      ]);
    }));
});
