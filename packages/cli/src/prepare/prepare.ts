import { extname, join } from 'node:path';
import { writeWav } from '@hifigan/audio';
import { makeFolder } from '@hifigan/train/node';
import { type Context, heedInterrupt } from '../context.js';
import { UserError } from '../errors.js';
import type { FoundFile, LeftOut } from '../files/find-files.js';
import { peak } from '../files/peak.js';
import { RecordingReader } from '../files/read-recording.js';
import { writeAtomic } from '../files/write-atomic.js';
import { createProgress } from '../terminal/progress.js';
import { fingerprint, whyRefused } from './check-recording.js';
import { identify } from './identify.js';
import { type Split, splitIds } from './split.js';

export interface PrepareOptions {
  readonly files: readonly FoundFile[];
  /** Links that add nothing; for the report. */
  readonly leftOut?: readonly LeftOut[];
  /** Where to write; exists and is empty. */
  readonly folder: string;
  readonly samplingRate: number;
  /** Seconds. */
  readonly shortest: number;
  readonly fraction: number;
  readonly holdout: ReadonlySet<string>;
  /** Where those were read, for messages. */
  readonly holdoutFile?: string;
  readonly seed: number;
}

/** What became of a folder of recordings; written beside them as report.json. */
export interface PrepareReport {
  readonly sampling_rate: number;
  readonly seed: number;
  readonly training: { readonly recordings: number; readonly seconds: number };
  readonly validation: { readonly recordings: number; readonly seconds: number };
  readonly accepted: readonly AcceptedRecording[];
  readonly refused: readonly { readonly file: string; readonly reason: string }[];
  /** Links to what is taken already, or to nothing. Older reports lack it. */
  readonly left_out?: readonly { readonly file: string; readonly reason: string }[];
}

export interface AcceptedRecording {
  readonly id: string;
  readonly file: string;
  readonly seconds: number;
  /** Hz, of the file. */
  readonly sampling_rate: number;
  readonly channels: number;
  /** Where a louder one than the file format holds was made quieter: by this factor. */
  readonly scaled?: number;
}

/**
 * Reads every recording, writes the good ones as mono 16-bit WAV at one rate into `wavs/`, and the lists
 * `training.txt` and `validation.txt` (`id||`, as LJSpeech's, without texts) and `report.json`.
 *
 * @throws UserError where none is good
 */
export async function prepare(context: Context, options: PrepareOptions): Promise<PrepareReport> {
  const { files, folder, samplingRate } = options;
  const reader = new RecordingReader(context, samplingRate);
  const accepted: AcceptedRecording[] = [];
  const refused: { file: string; reason: string }[] = [];
  const ids = nameAll(files);
  checkHoldout(options, new Set(ids.values()));
  const sounds = new Map<string, string>();
  makeFolder(join(folder, 'wavs'));
  const progress = createProgress(context, 'prepare', files.length);
  try {
    for (const [index, file] of files.entries()) {
      await heedInterrupt(context);
      progress.update(index, file.relative);
      const id = ids.get(file);
      if (id === undefined) {
        refused.push({ file: file.relative, reason: NOT_WAV });
        continue;
      }
      const recording = await reader.read(file.path, file.shown).catch((error: Error) => error);
      if (recording instanceof Error) {
        refused.push({
          file: file.relative,
          reason: recording.message.replace(`${file.shown}: `, ''),
        });
        continue;
      }
      const { audio, original } = recording;
      const sound = fingerprint(audio);
      const twin = sounds.get(sound);
      const reason = whyRefused(recording, options) ?? (twin && `the same sound as ${twin}`);
      if (reason) {
        refused.push({ file: file.relative, reason });
        continue;
      }
      sounds.set(sound, file.relative);
      const loudest = peak(audio);
      const scaled = loudest > 1 ? 1 / loudest : undefined;
      const samples = scaled ? audio.map((value) => value * scaled) : audio;
      await writeAtomic(
        join(folder, 'wavs', `${id}.wav`),
        writeWav({ samplingRate, channels: [samples] }),
      );
      accepted.push({
        id,
        file: file.relative,
        seconds: audio.length / samplingRate,
        sampling_rate: original.samplingRate,
        channels: original.channels,
        ...(scaled && { scaled }),
      });
    }
  } finally {
    progress.end();
  }
  if (accepted.length === 0) throw new UserError(nothingGood(refused));
  const split = splitIds(
    accepted.map(({ id }) => id),
    options,
  );
  const report = summary(options, accepted, refused, split);
  await writeAtomic(join(folder, 'training.txt'), list(split.training));
  await writeAtomic(join(folder, 'validation.txt'), list(split.validation));
  await writeAtomic(join(folder, 'report.json'), `${JSON.stringify(report, null, 2)}\n`);
  return report;
}

/** Ids before anything is read, so that they do not depend on what is refused; files that are not WAV get none. */
function nameAll(files: readonly FoundFile[]): ReadonlyMap<FoundFile, string> {
  const ids = new Map<FoundFile, string>();
  const taken = new Set<string>();
  for (const file of files) {
    if (extname(file.path).toLowerCase() !== '.wav') continue;
    const id = identify(file.relative, taken);
    taken.add(id);
    ids.set(file, id);
  }
  return ids;
}

/** Before the work, not after it. A recording that is held out and then refused is no mistake. */
function checkHoldout({ holdout, holdoutFile }: PrepareOptions, ids: ReadonlySet<string>): void {
  const unknown = [...holdout].filter((id) => !ids.has(id));
  if (unknown.length > 0) {
    throw new UserError(
      `--holdout ${holdoutFile ?? ''}: ${unknown.slice(0, 5).join(', ')}: no recording has such an id, so it would not be ` +
        'held out; correct the list: an id is the path below the folder without its extension, a_b of a/b.wav',
    );
  }
}

const NOT_WAV = 'not a WAV file; convert it, for example with: ffmpeg -i IN -c:a pcm_s16le OUT.wav';

const list = (ids: readonly string[]) => ids.map((id) => `${id}||\n`).join('');

function summary(
  { samplingRate, seed, leftOut = [] }: PrepareOptions,
  accepted: readonly AcceptedRecording[],
  refused: PrepareReport['refused'],
  split: Split,
): PrepareReport {
  const seconds = new Map(accepted.map((recording) => [recording.id, recording.seconds]));
  const measure = (ids: readonly string[]) => ({
    recordings: ids.length,
    seconds: ids.reduce((sum, id) => sum + (seconds.get(id) ?? 0), 0),
  });
  return {
    sampling_rate: samplingRate,
    seed,
    training: measure(split.training),
    validation: measure(split.validation),
    accepted,
    refused,
    left_out: leftOut.map(({ file, reason }) => ({ file, reason })),
  };
}

function nothingGood(refused: PrepareReport['refused']): string {
  const shown = refused.slice(0, 5).map(({ file, reason }) => `\n  ${file}: ${reason}`);
  const more = refused.length > 5 ? `\n  and ${refused.length - 5} more` : '';
  return `none of ${refused.length} recordings can be used:${shown.join('')}${more}`;
}
