import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { convertMel, createProfileAnalysis, melProfile } from '@hifigan/audio';
import { readNpy, readSafetensors, writeNpy, writeSafetensors } from '@hifigan/checkpoint';
import { expectClose } from '@hifigan/testkit';
import { loudestFrames, melToArray, openBundle } from '@hifigan/vocoder';
import { describe, expect, it } from 'vitest';
import { writeTone } from '../testing/audio.js';
import {
  foreign,
  heard,
  inForeign,
  profileAt,
  putForeign,
  putNemo,
  readForeignAt,
  speak,
} from '../testing/foreign.js';
import { inFolder, runMain } from '../testing/run-main.js';
import { readRecording } from '../testing/synth.js';

/** An exported file is computed by its own library. */
const BACKEND = ['--backend', 'cpu'];

describe('checkpoints of other programs', () => {
  it('speak, as folders and as files', () =>
    inForeign(async (hifigan, cwd, audio) => {
      for (const [mel, checkpoint] of [
        ['st', 'st'],
        ['st', 'st/model.safetensors'],
        ['pwg', 'pwg'],
        ['pwg', 'pwg/checkpoint-70steps.pkl'],
      ] as const) {
        const run = await hifigan(...speak(mel, checkpoint));
        expect(run.code, run.stderr).toBe(0);
        expectClose(await heard(cwd), audio[mel], { max: 1e-4 });
      }
    }));
});

describe('hifigan info', () => {
  it('tells what folders and files of other programs are', () =>
    inForeign(async (hifigan, cwd) => {
      for (const [path, program, normalised] of [
        ['st', 'transformers', true],
        ['st/model.safetensors', 'transformers', true],
        ['pwg', 'parallel-wavegan', false],
        ['pwg/checkpoint-70steps.pkl', 'parallel-wavegan', false],
      ] as const) {
        const { code, stdout, stderr } = await hifigan('info', path);
        expect(code, stderr).toBe(0);
        const [title, ...rows] = stdout.split('\n\n')[0].split('\n');
        expect(title).toBe(`${path}: generator of another program (${program})`);
        const names = rows.map((row) => row.split(/ {2,}/)[0]);
        expect(new Set(names).size, stdout).toBe(names.length);
        expect(stdout).toMatch(/^logarithm +log10, at least 1e-10$/m);
        const json = JSON.parse((await hifigan('info', path, '--json')).stdout);
        expect(json).toMatchObject({ path, program, normalised, profile: { log: 'log10' } });
      }
      await rm(join(cwd, 'pwg', 'checkpoint-70steps.pkl'));
      const empty = await hifigan('info', 'pwg');
      expect(empty.code).toBe(1);
      expect(empty.stderr).toMatch(/pwg: must hold weights beside the configuration of /);
      expect((await hifigan('convert', 'st', 'voice')).code).toBe(0);
      const bundle = await hifigan('info', 'voice');
      expect(bundle.stdout).toMatch(/^profile .*logarithm of base 10, at least 1e-10/m);
      expect((await readdir(cwd)).sort()).toContain('voice');
    }));
});

describe('hifigan info, of each program', () => {
  it.each([
    ['transformers-normed', 'transformers'],
    ['transformers-conformer', 'transformers'],
    ['parallel-wavegan-plain', 'parallel-wavegan'],
    ['espnet', 'espnet'],
    ['coqui', 'coqui'],
    ['coqui-gan', 'coqui'],
    ['nemo', 'nemo'],
  ])('%s: kind, weights, rate, hop, profile, weight norm, and what one may do', (name, program) =>
    inFolder(async (cwd) => {
      await putForeign(cwd, name, 'model');
      const hifigan = (...argv: string[]) => runMain(argv, { cwd });
      const { stdout, stderr, code } = await hifigan('info', 'model');
      expect(code, stderr).toBe(0);
      expect(stdout).toMatch(
        new RegExp(`^model: generator of another program \\(${program}\\)$`, 'm'),
      );
      expect(stdout).toMatch(/^network +generator, weight norm (apart|multiplied out)/m);
      expect(stdout).toMatch(/^generator +.*, [\d,]+ weights$/m);
      expect(stdout).toMatch(/^upsampling +.* = \d+ samples a frame$/m);
      expect(stdout).toMatch(/^audio +\d+ Hz/m);
      expect(stdout).toMatch(/^profile +\d+ Hz, hop \d+/m);
      expect(stdout).toMatch(/^next +hifigan synth MEL\.npy -o OUT\.wav --checkpoint model /m);
      const json = JSON.parse((await hifigan('info', 'model', '--json')).stdout);
      const { profile, config, weights } = json;
      expect(config).toMatchObject({
        sampling_rate: profile.samplingRate,
        hop_size: profile.hopSize,
        num_mels: profile.mels,
      });
      expect(config.parameters).toBeGreaterThan(0);
      expect(typeof weights.weightNorm).toBe('boolean');
      // What it says one may do can be done.
      expect(json.next).toContain('hifigan convert model BUNDLE');
      const made = await hifigan('convert', 'model', 'BUNDLE');
      expect(made.code, made.stderr).toBe(0);
    }),
  );
});

describe('a .nemo archive', () => {
  it.each([false, true])('is told, converted and spoken, gzip: %s', (gzip) =>
    inFolder(async (cwd) => {
      await putNemo(cwd, 'voice.nemo', gzip);
      const { mel, audio } = await foreign('nemo');
      await writeFile(join(cwd, 'mel.npy'), mel);
      const hifigan = async (...argv: string[]) => {
        const run = await runMain(argv, { cwd });
        expect(run.code, run.stderr).toBe(0);
        return run.stdout;
      };
      const told = await hifigan('info', 'voice.nemo');
      expect(told).toMatch(/^voice\.nemo: generator of another program \(nemo\)$/m);
      expect(told).toMatch(/^files +model_config\.yaml, model_weights\.ckpt$/m);
      expect(told).toMatch(/^network +generator, weight norm apart/m);
      expect(told).toMatch(/^profile +22050 Hz, hop 8 \(hop\), /m);
      expect(told).toMatch(/^next +hifigan synth MEL\.npy -o OUT\.wav --checkpoint voice\.nemo /m);
      const json = JSON.parse(await hifigan('info', 'voice.nemo', '--json'));
      expect(json).toMatchObject({ program: 'nemo', profile: { log: 'natural', mels: 6 } });
      await hifigan(...speak('mel', 'voice.nemo'));
      expectClose(await heard(cwd), audio, { max: 1e-4 });
      await hifigan('convert', 'voice.nemo', 'bundle', '--precision', 'float32');
      await hifigan(...speak('mel', 'bundle'));
      expectClose(await heard(cwd), audio, { max: 1e-4 });
      await hifigan('convert', 'voice.nemo', 'g_00000000');
      await hifigan(...speak('mel', 'g_00000000'));
      expectClose(await heard(cwd), audio, { max: 1e-4 });
      expect(JSON.parse(await hifigan('info', 'bundle', '--verify', '--json')).kind).toBe('bundle');
      // Alone in its folder, the folder is the model as well.
      await mkdir(join(cwd, 'alone'));
      await putNemo(cwd, join('alone', 'x.nemo'), gzip);
      expect(await hifigan('info', 'alone')).toMatch(/generator of another program \(nemo\)/);
    }),
  );
});

describe('recordings for models of other programs', () => {
  it('become the mel of the model’s own front end', () =>
    inForeign(async (hifigan, cwd) => {
      const { samplingRate } = await profileAt(cwd, 'st');
      await writeTone(cwd, 'a.wav', { samplingRate, format: 'float32', seconds: 0.3 });
      const { channels } = await readRecording(join(cwd, 'a.wav'));
      const profile = await profileAt(cwd, 'st');
      expect(profile).toMatchObject({ log: 'log10', floor: 1e-10, framing: 'centred' });
      const own = createProfileAnalysis(profile).analyze(channels[0]);
      await writeFile(join(cwd, 'own.npy'), writeNpy(melToArray(own)));
      expect((await hifigan('convert', 'st', 'voice')).code).toBe(0);
      for (const checkpoint of ['st', 'voice']) {
        const stored = await hifigan(...speak('own', checkpoint));
        expect(stored).toMatchObject({ code: 0 });
        expect(stored.stderr).not.toMatch(/look like/);
        const wanted = await heard(cwd);
        const recorded = await hifigan(...speak('own', checkpoint).with(1, 'a.wav'));
        expect(recorded.code, recorded.stderr).toBe(0);
        expect(await heard(cwd)).toEqual(wanted);
        const mel = ['mel', 'a.wav', '-o', 'told.npy', '--force', '--checkpoint', checkpoint];
        expect(await hifigan(...mel)).toMatchObject({ code: 0 });
        expect(readNpy(await readFile(join(cwd, 'told.npy')))).toEqual(melToArray(own));
      }
    }));

  it('is what mels of named conventions are converted to', () =>
    inForeign(async (hifigan, cwd) => {
      const from = melProfile('hifigan')!;
      const audio = await writeTone(cwd, 'a.wav', { samplingRate: 22050, seconds: 0.5 });
      const mel = createProfileAnalysis(from).analyze(audio);
      await writeFile(join(cwd, 'theirs.npy'), writeNpy(melToArray(mel)));
      const { mel: own } = convertMel(mel, from, await profileAt(cwd, 'st'));
      await writeFile(join(cwd, 'own.npy'), writeNpy(melToArray(own)));
      expect((await hifigan(...speak('own', 'st'))).code).toBe(0);
      const wanted = await heard(cwd);
      const run = await hifigan(...speak('theirs', 'st'), '--mel-profile', 'hifigan');
      expect(run.code, run.stderr).toBe(0);
      expect(run.stderr).toMatch(/theirs\.npy: converted from hifigan; /);
      expect(await heard(cwd)).toEqual(wanted);
    }));

  it('become that mel for exported files, too', () =>
    inForeign(async (hifigan, cwd) => {
      const profile = await profileAt(cwd, 'pwg');
      const { samplingRate } = profile;
      await writeTone(cwd, 'a.wav', { samplingRate, format: 'float32', seconds: 0.3 });
      expect((await hifigan(...speak('own', 'pwg').with(1, 'a.wav'))).code).toBe(0);
      const wanted = await heard(cwd);
      expect((await hifigan('export', 'pwg', '-o', 'pwg.onnx')).code).toBe(0);
      const onnx = ['synth', 'a.wav', '-o', 'out.wav', '--force', '--format', 'float32'];
      const run = await hifigan(...onnx, '--checkpoint', 'pwg.onnx');
      expect(run.code, run.stderr).toBe(0);
      expectClose(await heard(cwd), wanted, { max: 1e-4 });
      expect((await hifigan('export', 'pwg', '-o', 'saved')).code).toBe(0);
      const beside = await readFile(join(cwd, 'saved', 'mel-profile.json'), 'utf8');
      expect(JSON.parse(beside)).toEqual(profile);
    }));

  it('are exported with their normalisation, and sound the same', () =>
    inForeign(async (hifigan, cwd, audio) => {
      const run = await hifigan('export', 'st', '-o', 'st.onnx');
      expect(run.code, run.stderr).toBe(0);
      const spoken = await hifigan(
        ...speak('st', 'st.onnx').filter((word) => !BACKEND.includes(word)),
      );
      expect(spoken.code, spoken.stderr).toBe(0);
      expectClose(await heard(cwd), audio.st, { max: 1e-4 });
      const again = await hifigan('export', 'st', '-o', 'st.onnx');
      expect(again.stderr).toMatch(/st\.onnx: exists already/);
    }));

  it('keep their mel in a bundle, sealed', () =>
    inForeign(async (hifigan, cwd) => {
      expect((await hifigan('convert', 'st', 'voice')).code).toBe(0);
      const profile = await profileAt(cwd, 'st');
      const { samplingRate } = profile;
      const audio = await writeTone(cwd, 'a.wav', { samplingRate, format: 'float32' });
      const own = createProfileAnalysis(profile).analyze(audio);
      const packed = ['pack', 'voice', '-o', 'again', '--licence', 'MIT', '--golden', 'a.wav'];
      expect((await hifigan(...packed)).code).toBe(0);
      const again = await openBundle((file) => readFile(join(cwd, 'again', file)));
      expect((await again.golden?.())?.mel).toEqual(loudestFrames(own));
      expect((await hifigan('info', 'again', '--verify')).code).toBe(0);
      for (const name of ['voice', 'again']) {
        const bundle = await openBundle((file) => readFile(join(cwd, name, file)));
        expect(bundle.profile).toEqual(profile);
        expect(bundle.statistics).toEqual((await readForeignAt(cwd, 'st')).statistics);
        const path = join(cwd, name, 'generator.safetensors');
        const { arrays } = readSafetensors(await readFile(path));
        const scale = Float64Array.from(arrays.get('scale')!.data as Float64Array);
        scale[0] *= 2;
        const moved = new Map(arrays).set('scale', { shape: [scale.length], data: scale });
        await writeFile(path, writeSafetensors(moved));
        await expect(openBundle((file) => readFile(join(cwd, name, file)))).rejects.toThrow(
          /generator\.safetensors/,
        );
      }
    }));
});
