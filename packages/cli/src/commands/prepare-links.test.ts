import { mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeTone } from '../testing/audio.js';
import { inFolder, runMain } from '../testing/run-main.js';

test('recordings of linked folders are taken, and counted once however they are reached', () =>
  inFolder(async (cwd) => {
    await writeTone(cwd, 'in/own.wav', { frequency: 300 });
    await writeTone(cwd, 'far/speaker/one.wav', { frequency: 400 });
    await writeTone(cwd, 'far/speaker/two.wav', { frequency: 500 });
    await symlink('../far/speaker', join(cwd, 'in', 'speaker'));
    await symlink('../far/speaker', join(cwd, 'in', 'test'));
    await symlink('own.wav', join(cwd, 'in', 'again.wav'));
    await symlink('..', join(cwd, 'far', 'speaker', 'round'));
    await symlink('../../in', join(cwd, 'far', 'speaker', 'home'));
    const run = await runMain(['prepare', 'in', '-o', 'data', '--json'], { cwd });
    const report = JSON.parse(run.stdout);
    expect(report.accepted.map(({ file }: { file: string }) => file)).toEqual([
      'own.wav',
      'speaker/one.wav',
      'speaker/two.wav',
    ]);
    expect(report.training.recordings + report.validation.recordings).toBe(3);
    expect(report.refused).toEqual([]);
    expect(report.left_out).toEqual([
      { file: 'again.wav', reason: 'the same file as in/own.wav, which is taken already' },
      { file: 'test', reason: 'the same folder as in/speaker, whose files are taken already' },
      { file: 'speaker/home', reason: 'the same folder as in, whose files are taken already' },
      // By way of the folder above, which is new.
      {
        file: 'speaker/round/speaker',
        reason: 'the same folder as in/speaker, whose files are taken already',
      },
    ]);
    expect(run.stderr).toMatch(
      /^note: in\/again\.wav: left out: the same file as in\/own\.wav, which is taken already$/m,
    );
    expect(run.stderr).toMatch(/^note: 1 more link left out$/m);
    expect(JSON.parse(await readFile(join(cwd, 'data', 'report.json'), 'utf8'))).toMatchObject({
      left_out: report.left_out,
    });
    const info = await runMain(['info', 'data'], { cwd });
    expect(info.stdout).toMatch(/^left out +4 links, see report\.json$/m);
  }));

test('a data set is never written where links of its sources lead', () =>
  inFolder(async (cwd) => {
    await writeTone(cwd, 'in/a.wav');
    await writeTone(cwd, 'data/wavs/b.wav', { frequency: 300 });
    await symlink('../data/wavs', join(cwd, 'in', 'linked'));
    for (const out of ['data', 'data/wavs/more']) {
      const run = await runMain(['prepare', 'in', '-o', out, '--force'], { cwd });
      expect(run).toMatchObject({ code: 2, stdout: '' });
      expect(run.stderr).toMatch(/must lie outside in \(and .*wavs, where a link in it leads\)/);
    }
    // Nor through a link to the sources.
    await mkdir(join(cwd, 'links'));
    await symlink('../in', join(cwd, 'links', 'to'));
    const run = await runMain(['prepare', 'in', '-o', 'links/to/data'], { cwd });
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect((await readdir(cwd)).sort()).toEqual(['data', 'in', 'links']);
    expect(await readdir(join(cwd, 'data', 'wavs'))).toEqual(['b.wav']);
  }));

test('mel follows links to folders and tells what it leaves out', () =>
  inFolder(async (cwd) => {
    await writeTone(cwd, 'far/a.wav', { seconds: 0.1 });
    await mkdir(join(cwd, 'in'));
    await symlink('../far', join(cwd, 'in', 'x'));
    await symlink('../far', join(cwd, 'in', 'y'));
    const run = await runMain(['mel', 'in', '-o', 'out'], { cwd });
    expect(run).toMatchObject({ code: 0, stdout: `${join('out', 'x', 'a.npy')}\n` });
    expect(run.stderr).toBe(
      'note: in/y: left out: the same folder as in/x, whose files are taken already\n',
    );
  }));
