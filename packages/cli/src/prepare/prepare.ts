import { join } from 'node:path';
import { writeWav } from '@hifigan/audio';
import { makeFolder } from '@hifigan/train/node';
import { type Context, heedInterrupt } from '../context.js';
import { UserError } from '../errors.js';
import type { FoundFile, LeftOut } from '../files/find-files.js';
import { peak } from '../files/peak.js';
import { type Recording, RecordingReader, readOrReason } from '../files/read-recording.js';
import { writeAtomic } from '../files/write-atomic.js';
import { createProgress } from '../terminal/progress.js';
import { fingerprint, whyRefused } from './check-recording.js';
import { type CutOptions, splitSpan, trimmedSpan } from './cut.js';
import { nameAll, namePieces } from './identify.js';
import { nothingGood } from './nothing-good.js';
import { type AcceptedRecording, type PrepareReport, type Refusal, reportOf } from './report.js';
import { nameSpeakers, type SpeakerOf } from './speakers.js';
import { splitIds } from './split.js';

export type { AcceptedRecording, PrepareReport } from './report.js';

export interface PrepareOptions extends CutOptions {
  readonly files: readonly FoundFile[];
  /** Links that add nothing; for the report. */
  readonly leftOut?: readonly LeftOut[];
  /** Where to write; exists and is empty. */
  readonly folder: string;
  readonly fraction: number;
  /** Ids, or speakers where those are held out. */
  readonly holdout: ReadonlySet<string>;
  /** Where those were read, for messages. */
  readonly holdoutFile?: string;
  readonly seed: number;
  /** Given where speakers are held out whole. */
  readonly speakerOf?: SpeakerOf;
}

/**
 * Reads every recording, writes the good ones as mono 16-bit WAV at one rate into `wavs/`, and the lists
 * `training.txt` and `validation.txt` (`id||`, as LJSpeech's, without texts) and `report.json`.
 *
 * @throws UserError where none is good
 */
export async function prepare(context: Context, options: PrepareOptions): Promise<PrepareReport> {
  const { files, folder, samplingRate, seed, leftOut = [] } = options;
  const ids = nameAll(files);
  const speakers = options.speakerOf && nameSpeakers(ids, options.speakerOf);
  checkHoldout(options, new Set(speakers?.values() ?? ids.values()));
  const work: Work = {
    reader: new RecordingReader(context, samplingRate),
    sounds: new Map(),
    taken: new Set(ids.values()),
    groups: new Map(),
    speakers,
  };
  const accepted: AcceptedRecording[] = [];
  const refused: Refusal[] = [];
  makeFolder(join(folder, 'wavs'));
  const progress = createProgress(context, 'prepare', files.length);
  // Those with ids in the order of their ids, so that of two with the same sound the first named stays.
  const foreign = files.filter((file) => !ids.has(file));
  try {
    for (const [index, file] of [...ids.keys(), ...foreign].entries()) {
      await heedInterrupt(context);
      progress.update(index, file.relative);
      const id = ids.get(file);
      const made = id === undefined ? FOREIGN : await prepareOne(file, id, work, options);
      if (typeof made === 'string') refused.push({ file: file.relative, reason: made });
      else accepted.push(...made);
    }
  } finally {
    progress.end();
  }
  if (accepted.length === 0)
    throw new UserError(nothingGood(`none of ${refused.length} recordings can be used`, refused));
  const split = splitIds(
    accepted.map(({ id }) => id),
    { ...options, groupOf: (id) => work.groups.get(id) ?? id },
  );
  const report = reportOf({ samplingRate, seed, accepted, refused, leftOut, split });
  await writeAtomic(join(folder, 'training.txt'), list(split.training));
  await writeAtomic(join(folder, 'validation.txt'), list(split.validation));
  await writeAtomic(join(folder, 'report.json'), `${JSON.stringify(report, null, 2)}\n`);
  return report;
}

interface Work {
  readonly reader: RecordingReader;
  /** Fingerprints of what was taken, and of which file. */
  readonly sounds: Map<string, string>;
  /** All ids, pieces' too. */
  readonly taken: Set<string>;
  /** What must stay together in the split, by id. */
  readonly groups: Map<string, string>;
  readonly speakers: ReadonlyMap<string, string> | undefined;
}

/** What comes of one file, in pieces where it is long; or why nothing. */
async function prepareOne(
  file: FoundFile,
  id: string,
  { reader, sounds, taken, groups, speakers }: Work,
  options: PrepareOptions,
): Promise<AcceptedRecording[] | string> {
  const { folder, samplingRate } = options;
  const recording = await readOrReason(reader, file);
  if (typeof recording === 'string') return recording;
  const { audio } = recording;
  const sound = fingerprint(audio);
  const twin = sounds.get(sound);
  const span = trimmedSpan(audio, options);
  const reason =
    whyRefused(recording, options) ??
    (twin && `the same sound as ${twin}`) ??
    whyTooShort(span.end - span.start, options);
  if (reason) return reason;
  sounds.set(sound, file.relative);
  const loudest = peak(audio);
  const scaled = loudest > 1 ? 1 / loudest : undefined;
  const spans = splitSpan(audio, span, options);
  const names = namePieces(id, spans.length, taken);
  const accepted: AcceptedRecording[] = [];
  for (const [index, { start, end }] of spans.entries()) {
    const piece = audio.subarray(start, end);
    const samples = scaled ? piece.map((value) => value * scaled) : piece;
    await writeAtomic(
      join(folder, 'wavs', `${names[index]}.wav`),
      writeWav({ samplingRate, channels: [samples] }),
    );
    const speaker = speakers?.get(id);
    groups.set(names[index], speaker ?? id);
    accepted.push({
      id: names[index],
      ...factsOf(recording, file),
      seconds: piece.length / samplingRate,
      ...(scaled && { scaled }),
      ...(speaker !== undefined && { speaker }),
      ...(piece.length < audio.length && { begins: start / samplingRate }),
      ...(index === 0 && trimmedSeconds(audio, span, samplingRate)),
    });
  }
  return accepted;
}

function factsOf({ original }: Recording, file: FoundFile) {
  return {
    file: file.relative,
    sampling_rate: original.samplingRate,
    channels: original.channels,
    ...(original.clipped >= HEARD_CLIPPING && { clipped: original.clipped }),
  };
}

/** A thousandth of the samples: some twenty a second. */
const HEARD_CLIPPING = 0.001;

function trimmedSeconds(
  audio: Float32Array,
  { start, end }: { readonly start: number; readonly end: number },
  samplingRate: number,
) {
  const trimmed = (audio.length - (end - start)) / samplingRate;
  return trimmed > 0 && { trimmed };
}

function whyTooShort(samples: number, { shortest, samplingRate }: CutOptions): string | undefined {
  const seconds = samples / samplingRate;
  if (seconds >= shortest) return undefined;
  return `${seconds.toFixed(2)} s long without the silence at its ends, and ${shortest} s are the least (--min-seconds)`;
}

/** Before the work, not after it. A recording that is held out and then refused is no mistake. */
export function checkHoldout(
  {
    holdout,
    holdoutFile,
    speakerOf,
  }: Pick<PrepareOptions, 'holdout' | 'holdoutFile' | 'speakerOf'>,
  known: ReadonlySet<string>,
): void {
  const unknown = [...holdout].filter((name) => !known.has(name));
  if (unknown.length === 0) return;
  const shown = `--holdout ${holdoutFile ?? ''}: ${unknown.slice(0, 5).join(', ')}`;
  throw new UserError(
    speakerOf
      ? `${shown}: there is no such speaker, who so would not be held out; correct the list: with --split-by speaker it names speakers, such as ${[...known][0]}`
      : `${shown}: no recording has such an id, so it would not be ` +
          'held out; correct the list: an id is the path below the folder without its extension, a_b of a/b.wav',
  );
}

export const FOREIGN =
  'of a kind that cannot be read here; convert it, for example with: ffmpeg -i IN -c:a pcm_s16le OUT.wav';

/** The text of a file list: no texts, as nothing reads them. */
export const list = (ids: readonly string[]) => ids.map((id) => `${id}||\n`).join('');
