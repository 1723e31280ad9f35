import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { melOptions, readWav, resample } from '@hifigan/audio';
import { presets } from '@hifigan/config';
import { bootstrapMean, compareSpeech, pairedDifference, speechMeasures } from '@hifigan/metrics';
import { expectClose, tinyConfig } from '@hifigan/testkit';
import { describe, expect, it } from 'vitest';
import { AS_IS, evaluated } from '../testing/evaluated.js';
import { writeRun } from '../testing/model.js';
import { startHifigan } from '../testing/process.js';
import { inFolder, runMain } from '../testing/run-main.js';
import { noisy, speech, writeComparison, writeSpeech } from '../testing/speech.js';

describe('hifigan eval', () => {
  it('finds nothing wrong with a folder beside itself', () =>
    inFolder(async (cwd) => {
      await writeComparison(cwd);
      const result = await evaluated(cwd, 'ref', 'ref', ...AS_IS, '--measures', 'all');
      expect(result.systems[0]).toMatchObject({ name: 'ref', kind: 'files', files: 3 });
      const { measures } = result.systems[0];
      expect(Object.keys(measures)).toEqual(speechMeasures.map(({ name }) => name));
      for (const { name, better } of speechMeasures) {
        const best = better === 'higher' ? 1 : 0;
        const { count, mean, low, high } = measures[name];
        expect(count).toBe(3);
        expectClose([mean, low, high], [best, best, best], { max: 1e-9 }, name);
      }
      expect(result).toMatchObject({ differences: [], alone: [], failed: [], notes: [] });
      expect(result.files.map(({ name }: { name: string }) => name)).toEqual([
        ...['a', 'deep/b', 'deep/c'],
      ]);
    }));

  it('orders systems and files, with intervals, the same each time', () =>
    inFolder(async (cwd) => {
      await writeComparison(cwd);
      const options = ['ref', '--system', 'much=loud', '--system', 'little=quiet', ...AS_IS];
      const result = await evaluated(cwd, ...options);
      const [much, little] = result.systems;
      expect([much.name, little.name]).toEqual(['much', 'little']);
      expect(little.measures.stoi.mean).toBeGreaterThan(much.measures.stoi.mean);
      expect(little.measures.mel_distance.mean).toBeLessThan(much.measures.mel_distance.mean);
      // What is summed up is what stands beside it.
      const valuesOf = (system: string, name: string): number[] =>
        [...result.files]
          .sort((a, b) => (a.name < b.name ? -1 : 1))
          .map(({ systems }) => systems[system].measures[name]);
      for (const name of ['stoi', 'mel_distance']) {
        expect(much.measures[name]).toMatchObject(bootstrapMean(valuesOf('much', name)));
      }
      const [difference] = result.differences;
      expect(difference).toMatchObject({ system: 'little', baseline: 'much' });
      expect(difference.measures.stoi).toEqual(
        pairedDifference(valuesOf('little', 'stoi'), valuesOf('much', 'stoi'), 'higher'),
      );
      expect(difference.measures.stoi).toMatchObject({ count: 3, betterIn: 3, worseIn: 0 });
      expect(difference.measures.mel_distance).toMatchObject({ betterIn: 3, worseIn: 0 });
      const order = (system: string, name: string, of: typeof result): number[] =>
        of.files.map((file: typeof result) => file.systems[system].measures[name]);
      const stois = order('much', 'stoi', result);
      expect(stois).toEqual([...stois].sort((a, b) => a - b));
      expect(new Set(stois).size).toBe(3);

      const again = await evaluated(cwd, ...options);
      expect(again.systems).toEqual(result.systems);
      const other = await evaluated(cwd, ...options, '--seed', '5', '--sort', 'mel_distance');
      expect(other.interval.seed).toBe(5);
      expect(other.systems[0].measures.stoi).toMatchObject(
        bootstrapMean(valuesOf('much', 'stoi'), { seed: 5 }),
      );
      const distances = order('much', 'mel_distance', other);
      expect(distances).toEqual([...distances].sort((a, b) => b - a));
      const wide = await evaluated(
        cwd,
        ...options,
        '--confidence',
        '0.5',
        '--interval',
        'percentile',
      );
      expect(wide.interval).toEqual({
        ...{ method: 'percentile', confidence: 0.5, resamples: 2000, seed: 0 },
      });
      expect(wide.systems[0].measures.stoi).toMatchObject(
        bootstrapMean(valuesOf('much', 'stoi'), { method: 'percentile', confidence: 0.5 }),
      );
    }));

  it('draws a table that says unit, direction and interval', () =>
    inFolder(async (cwd) => {
      await writeComparison(cwd);
      const measures = ['--measures', 'loudness_difference,stoi'];
      const { code, stdout, stderr } = await runMain(
        ['eval', 'ref', 'loud', 'quiet', ...AS_IS, ...measures],
        { cwd },
      );
      expect(code, stderr).toBe(0);
      const interval = String.raw`[+-]?\d+\.\d+ \[[+-]?\d+\.\d+, [+-]?\d+\.\d+\]`;
      const [means, differences, worst, about] = stdout.split('\n\n');
      expect(means).toMatch(/^mean over files +better +loud +quiet$/m);
      expect(means).toMatch(new RegExp(`^STOI +higher +${interval} +${interval}$`, 'm'));
      expect(means).toMatch(new RegExp(`^loudness, LU +near 0 +${interval} +${interval}$`, 'm'));
      expect(means).toMatch(/^files +3 +3$/m);
      expect(differences).toMatch(/^difference from loud, same files +quiet +better in$/m);
      expect(differences).toMatch(new RegExp(`^STOI +${interval} +3 of 3$`, 'm'));
      expect(worst).toMatch(/^worst files by loudness of loud +loud +quiet$/m);
      expect(worst.split('\n')).toHaveLength(4);
      expect(about).toBe(
        'at 16000 Hz; 95% by bootstrap over files (BCa, 2000 resamples, seed 0); of fewer than some 20 files they are too narrow\n',
      );
    }));

  it('measures two files as the library does, after what it says it did to them', () =>
    inFolder(async (cwd) => {
      const reference = speech(0, 2);
      const rate = 22_050;
      const longer = noisy(speech(0, 2.1), 0.01);
      const made = resample(longer, 16_000, 24_000);
      await writeSpeech(cwd, 'original.wav', reference);
      await writeSpeech(cwd, 'other name.wav', [made, made], 24_000);
      const result = await evaluated(cwd, 'original.wav', 'other name.wav', '--measures', 'all');
      const [one, two] = [resample(reference, 16_000, rate), resample(made, 24_000, rate)];
      const expected = compareSpeech(one, two.subarray(0, one.length), {
        ...{ samplingRate: rate, mel: melOptions(presets.v1) },
      });
      const [file] = result.files;
      const sound = file.systems['other name.wav'];
      expect(sound.measures).toEqual(expected);
      expect(Object.values(expected)).not.toContain(null);
      expect(file.reference).toEqual({
        ...{ file: 'original.wav', samplingRate: 16_000, channels: 1, seconds: 2 },
      });
      expect(sound.sound).toMatchObject({ samplingRate: 24_000, channels: 2 });
      expect(sound.cut.reference).toBe(0);
      expect(sound.cut.generated).toBeCloseTo(0.1, 3);
      expect(result.notes).toEqual([
        '1 recording resampled from 16000 to 22050 Hz; above 8000 Hz they have no sound',
        '1 recording resampled from 24000 to 22050 Hz',
        '1 recording mixed from several channels into one: other name.wav',
        expect.stringMatching(
          /^1 pair of unequal length, cut to the shorter: at most 100\.0 ms, the end of what was generated/,
        ),
      ]);
      for (const note of result.notes) expect(result.stderr).toContain(`note: ${note}`);
      // Of one file, nothing is known of others.
      expect(result.systems[0].measures.stoi).toMatchObject({ count: 1, low: null, high: null });
    }));

  it('counts speech that is missing at the end as silence, so that the first words alone do not win', () =>
    inFolder(async (cwd) => {
      const whole = speech(0, 2);
      await writeSpeech(cwd, 'ref/a.wav', whole);
      await writeSpeech(cwd, 'noisy/a.wav', noisy(whole, 0.02));
      await writeSpeech(cwd, 'cut/a.wav', whole.subarray(0, whole.length / 4));
      // Some frames are lost by many a program.
      await writeSpeech(cwd, 'short/a.wav', whole.subarray(0, whole.length - 1500));
      const { files, notes } = await evaluated(cwd, 'ref', 'noisy', 'cut', 'short', ...AS_IS);
      const [{ systems }] = files;
      expect(systems.cut).toMatchObject({ seconds: 2, lacking: 1.5, cut: { generated: 0 } });
      expect(systems.cut.measures.stoi).toBeLessThan(0.6);
      expect(systems.cut.measures.stoi).toBeLessThan(systems.noisy.measures.stoi);
      expect(systems.cut.measures.mel_distance).toBeGreaterThan(
        systems.noisy.measures.mel_distance,
      );
      expect(systems.short.lacking).toBeUndefined();
      expect(systems.short.measures.stoi).toBeCloseTo(1, 9);
      expect(notes).toContain(
        '1 sound ended before the reference, and what is missing counted as silence: a (cut) 1.5 s',
      );
    }));

  it('tells how loud sounds are off, and not only that louder and quieter ones come to nothing', () =>
    inFolder(async (cwd) => {
      const gains = [Math.SQRT2, Math.SQRT1_2];
      for (const [index, gain] of gains.entries()) {
        const audio = speech(2 * index, 2 * index + 1.5).map((value) => value / 4);
        await writeSpeech(cwd, `ref/${index}.wav`, audio);
        await writeSpeech(
          cwd,
          `off/${index}.wav`,
          audio.map((value) => value * gain),
        );
        await writeSpeech(
          cwd,
          `near/${index}.wav`,
          audio.map((value) => value * 1.06),
        );
      }
      const argv = ['ref', 'off', 'near', ...AS_IS, '--measures', 'loudness_difference'];
      const { systems, differences } = await evaluated(cwd, ...argv);
      const [off, near] = systems.map((system: typeof differences) => [
        system.measures.loudness_difference.mean,
        system.sizes.loudness_difference.mean,
      ]);
      expectClose(off, [0, 3.01], { max: 0.02 }, 'off');
      expectClose(near, [0.51, 0.51], { max: 0.02 }, 'near');
      expectClose(
        [differences[0].measures.loudness_difference.mean],
        [-2.5],
        { max: 0.02 },
        'both',
      );
      const { stdout } = await runMain(['eval', ...argv], { cwd });
      expect(stdout).toMatch(/^loudness, LU +near 0 +(-?0\.0\d) \[.*0\.5/m);
      expect(stdout).toMatch(/^size of loudness, LU +lower +3\.0\d \[.*0\.5/m);
      expect(stdout).toMatch(/^size of loudness, LU +-2\.\d+/m);
      expect(stdout).toMatch(/seed 0\); of fewer than some 20 files they are too narrow$/m);
    }));

  it('has systems speak the mels of the references, and keeps what they said', () =>
    inFolder(async (cwd) => {
      await writeComparison(cwd);
      await writeRun(join(cwd, 'run'));
      const result = await evaluated(
        ...([cwd, 'ref', '--model', 'tiny=run', '--griffin-lim=8', '--mel-limit'] as const),
        ...['--only', 'list.txt', '--keep', 'made', '--measures', 'stoi,mel_distance'],
        ...(await writeFile(join(cwd, 'list.txt'), 'a\ndeep/b\n').then(() => AS_IS)),
      );
      const means = Object.fromEntries(
        result.systems.map((system: typeof result) => [system.name, system.measures.stoi.mean]),
      );
      expect(Object.keys(means)).toEqual(['tiny', 'griffin-lim-8', 'mel-limit']);
      expect(means['mel-limit']).toBeGreaterThan(means['griffin-lim-8']);
      expect(means['griffin-lim-8']).toBeGreaterThan(means.tiny + 0.1);
      // The tiny model speaks at 8 kHz; what it said is compared at the rate of the others.
      const spoken = readWav(await readFile(join(cwd, 'made/tiny/a.wav')), 'a');
      expect(spoken.samplingRate).toBe(16_000);
      for (const name of Object.keys(means)) {
        const kept = await evaluated(
          ...[cwd, 'ref', `made/${name}`, ...AS_IS, '--measures', 'stoi,mel_distance'],
        );
        expect(kept.systems[0].measures).toEqual(
          result.systems.find((system: typeof result) => system.name === name).measures,
        );
      }
      expect(result.notes).toEqual([
        '--only list.txt names 2 of 3 references; the others are left out',
        'tiny heard the references at 8000 Hz, and what it spoke was resampled to 16000 Hz; above 4000 Hz it has no sound',
      ]);
      // Without a configuration, that of the model counts.
      const own = await evaluated(cwd, 'ref', '--model', 'run', '--measures', 'mel_distance');
      expect(own).toMatchObject({ samplingRate: 8000, mel: { numMels: tinyConfig.num_mels } });
      const refined = await evaluated(
        ...[cwd, 'ref', '--model', 'run', '--measures', 'mel_distance', '--refine', '8'],
      );
      const [far, near] = [own, refined].map(
        ({ systems }) => systems[0].measures.mel_distance.mean as number,
      );
      expect(near).toBeLessThan(far / 2);
      expect(refined.notes).toContain(
        'what run spoke was refined by its mel, 8 rounds (--refine 0 judges the model alone)',
      );
      const begun = ['--refine', '1', '--phases', 'integrated'];
      const integrated = await evaluated(cwd, 'ref', '--model', 'run', ...begun);
      const one = ['--measures', 'mel_distance', '--refine', '1', '--phases'];
      const [with_, without] = await Promise.all(
        ['integrated', 'kept'].map((which) =>
          evaluated(cwd, 'ref', '--model', 'run', ...one, which),
        ),
      );
      expect(with_.systems[0].measures).not.toEqual(without.systems[0].measures);
      expect(with_.files[0].systems.run).toMatchObject({ refined: 1, phases: 'integrated' });
      const words = ['ref', '--measures', 'mel_distance', '--phases', 'integrated'];
      for (const [more, told] of [
        [['--model', 'run'], /integrated phases do nothing without rounds of refinement/],
        [['--griffin-lim', '2'], /--phases and --refine do nothing where no model speaks/],
      ] as const) {
        const { code, stderr } = await runMain(['eval', ...words, ...more], { cwd });
        expect([code, stderr]).toEqual([0, expect.stringMatching(told)]);
      }
      expect(integrated.notes).toContainEqual(
        expect.stringMatching(/^what run spoke was refined by its mel, 1 round from phases of the/),
      );
    }));

  it('tells each file as it is measured, and the result last', () =>
    inFolder(async (cwd) => {
      await writeComparison(cwd);
      const options = ['ref', 'quiet', ...AS_IS, '--measures', 'stoi'];
      const { stdout } = await runMain(['eval', ...options, '--ndjson'], { cwd });
      const lines = stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(lines.map(({ kind }) => kind)).toEqual(['file', 'file', 'file', 'result']);
      expect(lines.map(({ name }) => name).slice(0, 3)).toEqual(['a', 'deep/b', 'deep/c']);
      const { systems } = await evaluated(cwd, ...options);
      expect(lines[3].systems).toEqual(systems);
    }));

  it('finds in several processes what one finds', () =>
    inFolder(async (cwd) => {
      await writeComparison(cwd);
      await writeFile(join(cwd, 'loud/a.wav'), 'nothing');
      const argv = ['eval', 'ref', 'quiet', 'loud', '--griffin-lim=2', ...AS_IS, '--json'];
      const alone = await runMain(argv, { cwd });
      const shared = startHifigan([...argv, '--workers', '2'], cwd);
      expect(await shared.ended).toBe(1);
      expect(JSON.parse(shared.stdout().toString())).toEqual(JSON.parse(alone.stdout));
      expect(shared.stderr()).toMatch(/^error: loud\/a\.wav: .*\(loud\)$/m);
    }));
});
