import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readSafetensors, writeNpy, writeSafetensors } from '@hifigan/checkpoint';
import { sealManifest, sha256 } from '@hifigan/vocoder';
import { describe, expect, it } from 'vitest';
import { voiceFolder } from '../model/locate-checkpoint.js';
import { badBackend } from '../testing/bad-backend.js';
import { writeRun } from '../testing/model.js';
import { inFolder, runMain } from '../testing/run-main.js';

interface Workshop {
  readonly cwd: string;
  /** Asks about the bundle, in plain JavaScript where nothing else is said. */
  verify(...more: string[]): ReturnType<typeof runMain>;
  /** Changes a file and the manifest with it, as one who packs wrongly would. */
  reseal(name: string, bytes: Uint8Array): Promise<void>;
}

/** A folder with a bundle `b` of a tiny model. */
const inWorkshop = (work: (workshop: Workshop) => Promise<void>) =>
  inFolder(async (cwd) => {
    await writeRun(join(cwd, 'run'), [3]);
    const pack = ['pack', 'run', '-o', 'b', '--licence', 'MIT', '--backend', 'cpu'];
    const packed = await runMain(pack, { cwd });
    expect(packed.code, packed.stderr).toBe(0);
    await work({
      cwd,
      verify: (...more) =>
        runMain(
          [
            'info',
            'b',
            '--verify',
            ...(more.includes('--backend') ? [] : ['--backend', 'cpu']),
            ...more,
          ],
          { cwd, backends: [badBackend] },
        ),
      async reseal(name, bytes) {
        const path = join(cwd, 'b', 'bundle.json');
        const manifest = JSON.parse(await readFile(path, 'utf8'));
        manifest.files[name] = { bytes: bytes.length, sha256: await sha256(bytes) };
        await writeFile(path, JSON.stringify(await sealManifest(manifest)));
        await writeFile(join(cwd, 'b', name), bytes);
      },
    });
  });

describe('hifigan info --verify', () => {
  it('looks at every file that the manifest lists, and says how many those are', () =>
    inWorkshop(async ({ cwd, verify, reseal }) => {
      await reseal('NOTICE.txt', new TextEncoder().encode('of the recordings'));
      const all = await verify();
      expect(all.code, all.stderr).toBe(0);
      expect(all.stdout).toMatch(/the 5 files that were packed/);
      await writeFile(join(cwd, 'b', 'NOTICE.txt'), 'of the recordinks');
      const changed = await verify();
      expect(changed.code).toBe(1);
      expect(changed.stderr).toMatch(/NOTICE\.txt: SHA-256 [0-9a-f]{12}… must be/);
      await rm(join(cwd, 'b', 'NOTICE.txt'));
      expect((await verify()).stderr).toMatch(/NOTICE\.txt: is missing/);
    }));

  it('proves that this machine makes the sound that must come of a bundle', () =>
    inWorkshop(async ({ verify }) => {
      const text = await verify();
      expect(text).toMatchObject({ code: 0, stderr: '' });
      expect(text.stdout).toMatch(
        /^b: bundle\nfiles {2,}the 4 files that were packed \(SHA-256\)\nmanifest {2,}says what it said when it was packed \(SHA-256\)\ngolden output {2,}reproduced on cpu: differs by 0% of its peak, at most 1% may be\nlicence /,
      );
      const { verified, profile } = JSON.parse((await verify('--json')).stdout);
      expect(verified).toMatchObject({ ok: true, backend: 'cpu', golden: { max: 0 } });
      expect(profile).toMatchObject({ hopSize: 64, log: 'natural' });
      const elsewhere = JSON.parse((await verify('--json', '--backend', 'wasm')).stdout);
      expect(elsewhere.verified.golden.max).toBeLessThan(1e-5);
    }));

  it('finds a mel profile that was edited, and says where nothing would tell', () =>
    inWorkshop(async ({ cwd, verify }) => {
      const path = join(cwd, 'b', 'bundle.json');
      const manifest = JSON.parse(await readFile(path, 'utf8'));
      const mels = [{ filterbank: 'htk' }, { log: 'log10' }, { floor: 1e-4 }];
      for (const change of mels) {
        const mel = { ...manifest.mel, ...change };
        await writeFile(path, JSON.stringify({ ...manifest, mel }));
        const run = await verify();
        expect(run.code).toBe(1);
        expect(run.stderr).toMatch(/bundle\.json: says something else than when it was packed/);
      }
      const { sha256: _, ...before } = manifest;
      await writeFile(path, JSON.stringify(before));
      const removed = await verify();
      expect(removed.code).toBe(1);
      expect(removed.stderr).toMatch(/bundle\.json: has no seal and must .*it was taken out/);
      await writeFile(path, JSON.stringify({ ...before, format: 2 }));
      const old = await verify();
      expect(old.code, old.stderr).toBe(0);
      expect(old.stdout).toMatch(/^manifest +NOT sealed: .*hifigan pack b -o b --force$/m);
      expect(JSON.parse((await verify('--json')).stdout).verified.manifest).toBe('unsealed');
    }));

  it('blames a backend where plain JavaScript makes the sound', () =>
    inWorkshop(async ({ verify }) => {
      const run = await verify('--backend', 'bad');
      expect(run.code).toBe(1);
      expect(run.stdout).toMatch(
        /^golden output +NOT reproduced on bad: differs by 25% of its peak/m,
      );
      expect(run.stdout).toMatch(
        /^to do +plain JavaScript reproduces it .*, so bad computes wrongly here: use another --backend/m,
      );
      expect(run.stderr).toMatch(/b: does not make the sound that it was packed with/);
      const { verified } = JSON.parse((await verify('--json', '--backend', 'bad')).stdout);
      expect(verified).toMatchObject({ ok: false, blame: 'backend', cpu: { ok: true } });
    }));

  it('blames the bundle where its weights are not those of the golden output', () =>
    inWorkshop(async ({ cwd, verify, reseal }) => {
      const name = 'generator.safetensors';
      const { arrays } = readSafetensors(await readFile(join(cwd, 'b', name)));
      const louder = new Map(arrays);
      const bias = { shape: [1], data: Float32Array.of(0.1) };
      await reseal(name, writeSafetensors(louder.set('conv_post.bias', bias)));
      const run = await verify();
      expect(run.code).toBe(1);
      expect(run.stdout).toMatch(
        /^to do +plain JavaScript does not either .*get the bundle anew from where it came/m,
      );
      expect(JSON.parse((await verify('--json')).stdout).verified.blame).toBe('bundle');
    }));

  it('names files that are damaged or gone, and what cannot be verified', () =>
    inWorkshop(async ({ cwd, verify }) => {
      const path = join(cwd, 'b', 'golden.safetensors');
      const bytes = await readFile(path);
      await writeFile(path, bytes.subarray(0, 100));
      expect(await verify()).toMatchObject({
        ...{ code: 1, stdout: '' },
        stderr: expect.stringMatching(
          /b: its files are damaged or changed; .*\n {2}.*golden\.safetensors: is cut off/,
        ),
      });
      await rm(path);
      expect((await verify()).stderr).toMatch(/b: golden\.safetensors must be there/);
      await rm(join(cwd, 'b', 'bundle.json'));
      expect((await verify()).stderr).toMatch(
        /b: must be a bundle with a bundle\.json to be verified, .*hifigan pack b -o/,
      );
      const run = await runMain(['info', 'run', '--verify'], { cwd });
      expect(run).toMatchObject({ code: 1, stdout: '' });
      expect(run.stderr).toMatch(/run: must be a bundle/);
    }));

  it('proves the packaged voice', async () => {
    const run = await runMain(['info', voiceFolder(), '--verify', '--json']);
    expect(run, run.stdout).toMatchObject({ code: 0, stderr: '' });
    const { verified, card } = JSON.parse(run.stdout);
    expect(verified.golden.max).toBeLessThan(1e-4);
    expect(card.licence).toBe('CC-BY-SA-3.0');
  });
});

describe('hifigan synth --verify', () => {
  it('speaks where the golden output comes of the bundle, and nothing where it does not', () =>
    inWorkshop(async ({ cwd }) => {
      await writeFile(
        join(cwd, 'a.npy'),
        writeNpy({ shape: [12, 20], data: new Float32Array(240).fill(-5) }),
      );
      const synth = (out: string, ...more: string[]) =>
        runMain(['synth', 'a.npy', '-o', out, '--verify', ...more], {
          cwd,
          backends: [badBackend],
        });
      const good = await synth('good.wav', '--checkpoint', 'b', '--backend', 'cpu');
      expect(good.code, good.stderr).toBe(0);
      const bad = await synth('bad.wav', '--checkpoint', 'b', '--backend', 'bad');
      expect(bad).toMatchObject({ code: 1, stdout: '' });
      expect(bad.stderr).toMatch(
        /golden\.safetensors by 25% of its peak and must not by more than 1\.0%, .*take another backend/,
      );
      const run = await synth('run.wav', '--checkpoint', 'run', '--backend', 'cpu');
      expect(run).toMatchObject({ code: 1, stdout: '' });
      expect(run.stderr).toMatch(
        /run\/g_00000003\.safetensors: must be a bundle with a bundle\.json for --verify, .*hifigan pack run -o BUNDLE/,
      );
      await writeFile(join(cwd, 'x.onnx'), '');
      const exported = await synth('x.wav', '--checkpoint', 'x.onnx');
      expect(exported).toMatchObject({ code: 2, stdout: '' });
      expect(exported.stderr).toMatch(/--verify: does not go with x\.onnx, .*no golden output/);
      expect((await readdir(cwd)).filter((name) => name.endsWith('.wav'))).toEqual(['good.wav']);
    }));
});
