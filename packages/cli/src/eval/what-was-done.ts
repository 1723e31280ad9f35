import { CANCELLED } from '../files/recording-notices.js';
import { fromPhases } from '../options.js';
import { counted, duration } from '../terminal/format.js';
import type { FoundItems } from './find-items.js';
import { isJudged, type JudgedItem, type JudgedSound, type SoundFacts } from './judged.js';
import type { Measure } from './measures.js';

/** Of each kind so many are named, the others counted. */
const MOST_TOLD = 3;
/** Seconds of silence or breath that programs add; a longer end was something else. */
const MUCH = 0.25;

/** What was done to recordings before they were compared, and what could not be, in lines for people. */
export function whatWasDone(
  items: readonly JudgedItem[],
  {
    samplingRate,
    measures,
    found: { alone, byName, narrowed },
  }: {
    readonly samplingRate: number;
    readonly measures: readonly Measure[];
    readonly found: Pick<FoundItems, 'alone' | 'byName' | 'narrowed'>;
  },
): string[] {
  const sounds = items.flatMap(({ name, systems }) =>
    Object.entries(systems).flatMap(([system, sound]) =>
      isJudged(sound) ? [{ where: `${name} (${system})`, sound }] : [],
    ),
  );
  const recordings = [
    ...items.map(({ reference }) => reference),
    ...sounds.flatMap(({ sound }) => sound.sound ?? []),
  ];
  return [
    ...(narrowed === undefined ? [] : [narrowed]),
    ...resampledLines(recordings, samplingRate),
    ...spokenLines(items, samplingRate),
    ...refinedLines(items),
    ...mixedLines(recordings),
    ...some(
      byName.map(({ reference, file }) => `${reference} with ${file}`),
      `${counted(byName.length, 'pair')} found by names alone, in folders of other names; see that each is the same speech`,
    ),
    ...lackingLines(sounds),
    ...cutLines(sounds.map(({ where, sound: { cut } }) => ({ where, ...cut }))),
    ...measures.flatMap(({ name, title }) => {
      const missing = sounds.flatMap(({ where, sound }) => {
        const reason = sound.missing[name];
        return reason === undefined ? [] : `${where}: ${reason}`;
      });
      return some(missing, `${title} is missing of ${counted(missing.length, 'sound')}`);
    }),
    ...some(
      alone.map(({ file, reason }) => `${file} ${reason}`),
      `${counted(alone.length, 'file')} without a partner, left out`,
    ),
  ];
}

function some(all: readonly string[], what: string): string[] {
  if (all.length === 0) return [];
  const more = all.length > MOST_TOLD ? `; and ${all.length - MOST_TOLD} more` : '';
  return [`${what}: ${all.slice(0, MOST_TOLD).join('; ')}${more}`];
}

function resampledLines(recordings: readonly SoundFacts[], samplingRate: number): string[] {
  const rates = new Map<number, number>();
  for (const { samplingRate: rate } of recordings) rates.set(rate, (rates.get(rate) ?? 0) + 1);
  return [...rates].flatMap(([rate, count]) => {
    if (rate === samplingRate) return [];
    const empty = rate < samplingRate ? `; above ${rate / 2} Hz they have no sound` : '';
    return `${counted(count, 'recording')} resampled from ${rate} to ${samplingRate} Hz${empty}`;
  });
}

/** A line for each model that speaks at another rate than that of the comparison. */
function spokenLines(items: readonly JudgedItem[], samplingRate: number): string[] {
  return bySystem(items, 'spokenAt').flatMap(([system, rate]) => {
    if (rate === samplingRate) return [];
    const empty = rate < samplingRate ? `; above ${rate / 2} Hz it has no sound` : '';
    return `${system} heard the references at ${rate} Hz, and what it spoke was resampled to ${samplingRate} Hz${empty}`;
  });
}

/** A line for each model whose sound was refined, and for those beside it whose sound was not. */
function refinedLines(items: readonly JudgedItem[]): string[] {
  const all = bySystem(items, 'refined');
  if (all.every(([, rounds]) => rounds === 0)) return [];
  const begun = new Map(bySystem(items, 'phases'));
  return all.map(([system, rounds]) =>
    rounds > 0
      ? `what ${system} spoke was refined by its mel, ${counted(rounds, 'round')}${fromPhases(begun.get(system))} (--refine 0 judges the model alone)`
      : `what ${system} spoke was not refined, unlike that of others (--refine makes them alike)`,
  );
}

/** The most rounds that anything was refined in. */
export function roundsOf(items: readonly JudgedItem[]): number {
  return Math.max(0, ...bySystem(items, 'refined').map(([, rounds]) => rounds));
}

/** What is the same of all that a model spoke, by the name of the model. */
function bySystem<K extends 'spokenAt' | 'refined' | 'phases'>(
  items: readonly JudgedItem[],
  key: K,
): (readonly [string, NonNullable<JudgedSound[K]>])[] {
  const found = new Map<string, NonNullable<JudgedSound[K]>>();
  for (const { systems } of items) {
    for (const [system, sound] of Object.entries(systems)) {
      const value = isJudged(sound) ? sound[key] : undefined;
      if (value !== undefined) found.set(system, value);
    }
  }
  return [...found];
}

function mixedLines(recordings: readonly SoundFacts[]): string[] {
  const several = recordings.filter(({ channels }) => channels > 1);
  const mixed = several.filter(({ cancelled }) => !cancelled);
  const cancelled = several.filter((one) => one.cancelled);
  return [
    ...some(
      mixed.map(({ file }) => file),
      `${counted(mixed.length, 'recording')} mixed from several channels into one`,
    ),
    ...cancelled.slice(0, MOST_TOLD).map(({ file }) => `${file}: ${CANCELLED}`),
    ...some(
      cancelled.slice(MOST_TOLD).map(({ file }) => file),
      `${counted(cancelled.length - MOST_TOLD, 'more recording')} whose channels cancel each other`,
    ),
  ];
}

function lackingLines(
  sounds: readonly { where: string; sound: { readonly lacking?: number } }[],
): string[] {
  const lacking = sounds.flatMap(({ where, sound: { lacking: seconds = 0 } }) =>
    seconds > 0 ? [{ where, seconds }] : [],
  );
  lacking.sort((a, b) => b.seconds - a.seconds);
  return some(
    lacking.map(({ where, seconds }) => `${where} ${duration(seconds)}`),
    `${counted(lacking.length, 'sound')} ended before the reference, and what is missing counted as silence`,
  );
}

function cutLines(
  cuts: readonly { where: string; reference: number; generated: number }[],
): string[] {
  const longest = (one: (typeof cuts)[number]) => Math.max(one.reference, one.generated);
  const cut = cuts.filter((one) => longest(one) > 0).sort((a, b) => longest(b) - longest(a));
  if (cut.length === 0) return [];
  const [{ where, reference, generated }] = cut;
  const side = reference > generated ? 'the reference' : 'what was generated';
  const most = shownEnd(Math.max(reference, generated));
  const odd =
    longest(cut[0]) > MUCH
      ? '; where so much is left over, see that it is the same speech and begins together'
      : '';
  return [
    `${counted(cut.length, 'pair')} of unequal length, cut to the shorter: at most ${most}, the end of ${side} in ${where}${odd}`,
  ];
}

/** As of an end that is a few samples long. */
function shownEnd(seconds: number): string {
  return seconds < 1 ? `${(1000 * seconds).toFixed(1)} ms` : duration(seconds);
}
