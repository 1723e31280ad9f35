import { join } from 'node:path';
import type { Context } from '../context.js';
import { counted, duration, table } from '../terminal/format.js';
import type { AcceptedRecording, Amount, PrepareReport, SpeakerCount } from './report.js';

/** How many are named; the rest is counted, and stands in the report. */
const MOST_TOLD = 5;

/**
 * Says on stderr what became of a folder of recordings.
 *
 * @param shown the data set, as the user knows it
 */
export function tellReport({ console }: Context, report: PrepareReport, shown: string): void {
  const { training, validation, speakers = [], accepted, refused, sampling_rate } = report;
  console.note(
    table([
      ['training', amount(training)],
      ['validation', amount(validation)],
      ...(speakers.length > 0 ? [['speakers', tellSpeakers(speakers)] as const] : []),
      ['refused', refused.length > 0 ? counted(refused.length, 'file') : 'none'],
    ]),
  );
  for (const { file, reason } of refused.slice(0, MOST_TOLD)) console.note(`  ${file}: ${reason}`);
  const more = refused.length - MOST_TOLD;
  if (more > 0) console.note(`  and ${more} more: ${join(shown, 'report.json')}`);
  for (const notice of noticesOf(accepted, sampling_rate)) console.warn(notice);
  if (validation.recordings === 0) {
    console.warn(
      'validation.txt is empty: training cannot be measured; see --validation-fraction and --holdout',
    );
  }
}

const amount = ({ recordings, seconds }: Amount) =>
  `${counted(recordings, 'recording')}, ${duration(seconds)}`;

function tellSpeakers(speakers: readonly SpeakerCount[]): string {
  const held = speakers.filter(({ part }) => part === 'validation');
  const names = held.slice(0, MOST_TOLD).map(({ speaker }) => speaker);
  if (held.length > MOST_TOLD) names.push(`${held.length - MOST_TOLD} more`);
  const heldOut =
    held.length > 0 ? `${held.length} held out: ${names.join(', ')}` : 'none held out';
  return `${speakers.length - held.length} in training, ${heldOut}`;
}

function* noticesOf(accepted: readonly AcceptedRecording[], rate: number): Generator<string> {
  const lower = accepted.filter((recording) => recording.sampling_rate < rate);
  if (lower.length > 0) {
    const lowest = Math.min(...lower.map((recording) => recording.sampling_rate));
    yield `${counted(lower.length, 'recording')} had a lower rate than ${rate} Hz (from ${lowest} Hz): nothing can be ` +
      `learned above ${lowest / 2} Hz; a configuration with that sampling rate may fit better`;
  }
  const mixed = accepted.filter(({ channels }) => channels > 1).length;
  if (mixed > 0)
    yield `${counted(mixed, 'recording')} had several channels, which were mixed into one`;
  const loud = accepted.filter(({ scaled }) => scaled !== undefined).length;
  if (loud > 0) yield `${counted(loud, 'recording')} went beyond full scale and became quieter`;
  const clipped = accepted.filter((one) => one.clipped !== undefined);
  if (clipped.length > 0) {
    const worst = clipped.reduce((a, b) => ((b.clipped ?? 0) > (a.clipped ?? 0) ? b : a));
    yield `${counted(clipped.length, 'recording')} clipped, the worst ${worst.file} (${(100 * (worst.clipped ?? 0)).toFixed(1)}% of its samples are flat): ` +
      'a model learns the distortion; record again with less gain, or leave them out';
  }
  const trimmed = accepted.reduce((sum, one) => sum + (one.trimmed ?? 0), 0);
  if (trimmed > 0) yield `${duration(trimmed)} of silence were cut from the ends of recordings`;
  const files = new Set(accepted.map(({ file }) => file));
  if (files.size < accepted.length) {
    yield `${counted(accepted.length, 'recording')} were made of ${files.size}, as longer ones were split`;
  }
  const alike = namesakes(files);
  if (alike.length > 0) {
    yield `${counted(alike.length, 'recording')} have the name of another but for its ending (${alike[0]}, for one): ` +
      'where they are the same, remove them, or a model is measured on what it was trained on';
  }
}

/** Files beside one of the same name that came before. */
function namesakes(files: ReadonlySet<string>): string[] {
  const seen = new Set<string>();
  return [...files].filter((file) => {
    const stem = file.replace(/\.[^./]*$/, '');
    const known = seen.has(stem);
    seen.add(stem);
    return known;
  });
}
