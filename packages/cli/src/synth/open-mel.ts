import { extname } from 'node:path';
import {
  checkMel,
  type Mel,
  type MelStatistics,
  melPieces,
  orderDoubt,
  resampleStream,
} from '@hifigan/audio';
import { readNpy, recognizeFile } from '@hifigan/checkpoint';
import { recognizeAudio } from '@hifigan/codecs';
import { melDoubt, squareDoubt, type Vocoder } from '@hifigan/vocoder';
import type { Context } from '../context.js';
import { UserError } from '../errors.js';
import { RECORDING_KINDS } from '../files/find-files.js';
import { checkRate } from '../files/read-recording.js';
import type { RecordingNotices } from '../files/recording-notices.js';
import { refuseForeignInput } from '../files/refuse-foreign.js';
import { foreignMel } from '../mel-doctor/foreign-mel.js';
import type { Convention } from '../mel-doctor/profile-options.js';
import { checkLength } from '../model/analyze-recording.js';
import type { Input } from './input.js';
import { openSound } from './recorded-sound.js';
import { looksLikeFrames, type MelParts, melsInPipe, rawFrames, storedMel } from './stored-mels.js';

/** What inputs are: told by their bytes, or as the user says. */
export type InputFormat = 'auto' | 'npy' | 'f32';

export interface OpenMelOptions {
  readonly vocoder: Vocoder;
  readonly format: InputFormat;
  /** What mels are converted from. */
  readonly convention?: Convention | 'auto';
  readonly statistics?: MelStatistics;
  readonly notices: RecordingNotices;
  readonly context: Context;
}

/** Frames of a mel that are held against what the model takes; the rest of a longer one is of the same kind. */
const JUDGED_FRAMES = 4096;

/**
 * The mel of an input, whatever that is, read while it is spoken.
 *
 * @throws UserError, FormatError or MelError naming the input
 */
export async function openMel(input: Input, options: OpenMelOptions): Promise<MelParts> {
  const { vocoder, convention, context } = options;
  const kind = await kindOf(input, options);
  if (kind === 'recording') return recordedMel(input, options);
  if (convention) return convertedMel(input, kind, convention, options);
  const { num_mels: mels } = vocoder.config;
  const open = { f32: rawFrames, npy: input.source ? storedMel : melsInPipe }[kind];
  const { frames, parts } = await open(input, mels);
  // What is in another order looks like another convention, too.
  const doubt = (mel: Mel) =>
    (kind === 'f32' ? orderDoubt(mel) : undefined) ??
    melDoubt(mel, vocoder.profile) ??
    (kind === 'npy' ? squareDoubt(mel) : undefined);
  return {
    frames,
    parts: judged(parts, (mel) => {
      const found = doubt(mel);
      if (found) context.console.warn(`${input.shown}: ${found}`);
    }),
  };
}

/** By the first bytes where they tell, so that pipes and odd names work; else by the name. */
async function kindOf(
  { bytes, shown, source }: Input,
  { format, vocoder, context }: OpenMelOptions,
): Promise<'npy' | 'f32' | 'recording'> {
  if (format !== 'auto') return format;
  const head = await bytes.peek(512);
  if (recognizeFile(head)?.kind === 'npy' || extname(shown).toLowerCase() === '.npy') return 'npy';
  if (recognizeAudio(head)) return 'recording';
  const wanted = `a mel (.npy) or a recording (${RECORDING_KINDS})`;
  if (head.length === 0 && !source) {
    throw new UserError(`${shown}: it is empty, and must be ${wanted}; look at what writes it`);
  }
  await refuseForeignInput(head, shown, { wanted, kinds: ['npy', 'wav'], source });
  const { num_mels: mels } = vocoder.config;
  const frame = await bytes.peek(4 * mels);
  if (frame.length === 4 * mels && looksLikeFrames(frame)) {
    context.console.note(
      `${shown}: taken for frames of ${mels} float32 values (--input-format f32 says so for sure)`,
    );
    return 'f32';
  }
  return 'recording';
}

async function recordedMel(
  input: Input,
  { vocoder, notices, context }: OpenMelOptions,
): Promise<MelParts> {
  const { shown } = input;
  const { profile } = vocoder;
  const sound = await openSound(input, context.signal);
  checkRate(sound.samplingRate, shown);
  const { samplingRate, hopSize, framing } = profile;
  const length =
    sound.samples === undefined
      ? undefined
      : Math.ceil((sound.samples * samplingRate) / sound.samplingRate);
  const frames = length && Math.floor(length / hopSize) + (framing === 'centred' ? 1 : 0);
  const audio = checkedLength(resampleStream(sound.mono, sound.samplingRate, samplingRate));
  return { frames, parts: parts() };

  async function* parts() {
    yield* melPieces(audio, vocoder);
    notices.tell(shown, { original: sound.facts(), samplingRate });
  }

  async function* checkedLength(pieces: AsyncIterable<Float32Array>) {
    let total = 0;
    for await (const piece of pieces) {
      total += piece.length;
      yield piece;
    }
    if (total === 0) throw new UserError(`${shown}: it has no samples; record or convert it again`);
    checkLength(profile, total, shown);
  }
}

/** Of another convention: what it is, only the whole tells. */
async function convertedMel(
  { bytes, shown }: Input,
  kind: 'npy' | 'f32',
  convention: Convention | 'auto',
  { vocoder, statistics, context }: OpenMelOptions,
): Promise<MelParts> {
  if (kind === 'f32') {
    throw new UserError(
      `${shown}: frames without a header are taken as the model wants them, and --mel-profile ${convention === 'auto' ? convention : convention.name} converts whole mels; give .npy`,
    );
  }
  const array = readNpy(await bytes.rest(), shown);
  const tell = (message: string) => context.console.note(message);
  const { profile: wanted } = vocoder;
  const mel = foreignMel(array, { wanted, convention, statistics, shown, tell });
  checkMel(mel, vocoder.config.num_mels, shown);
  return {
    frames: mel.frames,
    parts: (async function* () {
      yield mel;
    })(),
  };
}

/** Passes a mel on, and has its beginning judged when so much of it is there. */
async function* judged(
  parts: AsyncIterable<Mel>,
  judge: (beginning: Mel) => void,
): AsyncGenerator<Mel> {
  let kept: Mel[] | undefined = [];
  let frames = 0;
  const decide = () => {
    if (kept && frames > 0) judge(joined(kept));
    kept = undefined;
  };
  for await (const part of parts) {
    kept?.push(part);
    frames += part.frames;
    if (frames >= JUDGED_FRAMES) decide();
    yield part;
  }
  decide();
}

function joined(parts: readonly Mel[]): Mel {
  const [{ mels }] = parts;
  const frames = parts.reduce((sum, part) => sum + part.frames, 0);
  const data = new Float32Array(frames * mels);
  let at = 0;
  for (const part of parts) {
    data.set(part.data, at);
    at += part.data.length;
  }
  return { data, frames, mels };
}
