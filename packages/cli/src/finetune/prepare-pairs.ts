import { join } from 'node:path';
import {
  createMelSpectrogram,
  MelError,
  type MelSpectrogram,
  melOptions,
  melToArray,
  writeWav,
} from '@hifigan/audio';
import { FormatError, readNpy, writeNpy } from '@hifigan/checkpoint';
import type { HifiGanConfig } from '@hifigan/config';
import { makeFolder } from '@hifigan/train/node';
import { type Context, heedInterrupt } from '../context.js';
import { UserError } from '../errors.js';
import type { FoundFile, LeftOut } from '../files/find-files.js';
import { type FilePair, pairById } from '../files/pair-files.js';
import { peak } from '../files/peak.js';
import { readInput } from '../files/read-input.js';
import { RecordingReader, readOrReason } from '../files/read-recording.js';
import { writeAtomic } from '../files/write-atomic.js';
import { whyRefused } from '../prepare/check-recording.js';
import { nameAll } from '../prepare/identify.js';
import { nothingGood } from '../prepare/nothing-good.js';
import { checkHoldout, list } from '../prepare/prepare.js';
import {
  type AcceptedRecording,
  type PrepareReport,
  type Refusal,
  reportOf,
} from '../prepare/report.js';
import { nameSpeakers, type SpeakerOf } from '../prepare/speakers.js';
import { splitIds } from '../prepare/split.js';
import { createProgress } from '../terminal/progress.js';
import { judgePair, type PairFacts } from './judge-pair.js';

export interface PreparePairsOptions {
  readonly recordings: readonly FoundFile[];
  readonly mels: readonly FoundFile[];
  /** Links that add nothing; for the report. */
  readonly leftOut: readonly LeftOut[];
  /** Where to write; exists and is empty. */
  readonly folder: string;
  readonly config: HifiGanConfig;
  /** Mend what can be mended without guessing. */
  readonly correct: boolean;
  /** Seconds. */
  readonly shortest: number;
  readonly fraction: number;
  /** Ids, or speakers where those are held out. */
  readonly holdout: ReadonlySet<string>;
  /** Where those were read, for messages. */
  readonly holdoutFile?: string;
  readonly seed: number;
  /** Given where speakers are held out whole. */
  readonly speakerOf?: SpeakerOf;
}

/** A recording with its mel. */
export interface AcceptedPair extends AcceptedRecording {
  /** Its mel, below the folder of mels. */
  readonly mel: PairFacts & { readonly file: string };
}

/** What became of recordings and mels; `mels` tells `train` that the data set is for fine-tuning. */
export interface PairsReport extends PrepareReport {
  readonly accepted: readonly AcceptedPair[];
  readonly mels: {
    readonly num_mels: number;
    readonly hop_size: number;
    readonly corrected: boolean;
  };
}

/** Whether recordings were paired with mels. */
export function isPairsReport(report: PrepareReport): report is PairsReport {
  return 'mels' in report;
}

/**
 * Pairs recordings with the mels that another model made of them, and writes those that fit each other into `wavs/` and
 * `mels/`, both of the same frames, beside the lists and `report.json` of {@link prepare}.
 *
 * @throws UserError where no pair is good
 */
export async function preparePairs(
  context: Context,
  options: PreparePairsOptions,
): Promise<PairsReport> {
  const { folder, config, recordings, mels, seed, leftOut } = options;
  const ids = nameAll(recordings);
  const speakers = options.speakerOf && nameSpeakers(ids, options.speakerOf);
  checkHoldout(options, new Set(speakers?.values() ?? ids.values()));
  const { pairs, alone } = pairById(recordings, mels, {
    noPartner: (id) => `has no mel: ${id}.npy is not there`,
    noRecording: 'has no recording of its name',
  });
  const accepted: AcceptedPair[] = [];
  const refused: Refusal[] = [];
  const work = {
    reader: new RecordingReader(context, config.sampling_rate),
    spectrogram: createMelSpectrogram(melOptions(config)),
  };
  makeFolder(join(folder, 'wavs'));
  makeFolder(join(folder, 'mels'));
  const progress = createProgress(context, 'prepare', pairs.length);
  try {
    for (const [index, pair] of pairs.entries()) {
      await heedInterrupt(context);
      progress.update(index, pair.recording.relative);
      const made = await preparePair(context, pair, { ...work, ...options });
      if ('reason' in made) refused.push(made);
      else accepted.push({ ...made, ...speakerIn(speakers, pair.id) });
    }
  } finally {
    progress.end();
  }
  // Last: where few are shown, it is those that were looked into that tell what to do.
  refused.push(...alone);
  if (accepted.length === 0)
    throw new UserError(nothingGood('no recording has a mel that can be used', refused));
  const split = splitIds(
    accepted.map(({ id }) => id),
    { ...options, groupOf: (id) => speakers?.get(id) ?? id },
  );
  const report: PairsReport = {
    ...reportOf({ samplingRate: config.sampling_rate, seed, accepted, refused, leftOut, split }),
    accepted,
    mels: { num_mels: config.num_mels, hop_size: config.hop_size, corrected: options.correct },
  };
  await writeAtomic(join(folder, 'training.txt'), list(split.training));
  await writeAtomic(join(folder, 'validation.txt'), list(split.validation));
  await writeAtomic(join(folder, 'report.json'), `${JSON.stringify(report, null, 2)}\n`);
  return report;
}

interface PairWork extends PreparePairsOptions {
  readonly reader: RecordingReader;
  readonly spectrogram: MelSpectrogram;
}

async function preparePair(
  context: Context,
  { id, recording: file, partner: melFile }: FilePair,
  work: PairWork,
): Promise<AcceptedPair | Refusal> {
  const { folder, config, spectrogram, shortest, correct } = work;
  const { sampling_rate: samplingRate } = config;
  const recording = await readOrReason(work.reader, file);
  if (typeof recording === 'string') return { file: file.relative, reason: recording };
  const reason =
    whyRefused(recording, { samplingRate, shortest }) ?? tooShort(recording.audio, config);
  if (reason !== undefined) return { file: file.relative, reason };
  try {
    const array = readNpy(await readInput(context, melFile.path, melFile.shown), melFile.shown);
    const { mel, audio, facts } = judgePair(array, recording.audio, { spectrogram, correct });
    // Floats hold what is beyond full scale; to make it quieter would part it from its mel.
    const format = peak(audio) > 1 ? 'float32' : 'pcm16';
    await writeAtomic(
      join(folder, 'wavs', `${id}.wav`),
      writeWav({ samplingRate, channels: [audio] }, format),
    );
    await writeAtomic(join(folder, 'mels', `${id}.npy`), writeNpy(melToArray(mel)));
    return {
      id,
      file: file.relative,
      seconds: audio.length / samplingRate,
      sampling_rate: recording.original.samplingRate,
      channels: recording.original.channels,
      mel: { file: melFile.relative, ...facts },
    };
  } catch (error) {
    if (
      !(error instanceof MelError || error instanceof FormatError || error instanceof UserError)
    ) {
      throw error;
    }
    return { file: melFile.relative, reason: error.message.replace(`${melFile.shown}: `, '') };
  }
}

function tooShort(audio: Float32Array, config: HifiGanConfig): string | undefined {
  const least = Math.max((config.n_fft - config.hop_size) / 2 + 1, config.hop_size);
  if (audio.length >= least) return undefined;
  return `its ${audio.length} samples are too few for a spectrum of ${config.n_fft}: ${least} are the least`;
}

function speakerIn(speakers: ReadonlyMap<string, string> | undefined, id: string) {
  const speaker = speakers?.get(id);
  return speaker !== undefined && { speaker };
}
