import {
  type AudioValue,
  type EventPlace,
  type ImageValue,
  type LogValue,
  readEventAt,
  readEvents,
  SAMPLED_CLIPS,
  sampleTags,
} from '@hifigan/train/node';
import type { Take } from './take.js';

/** Sound and picture of one clip at one step. */
export interface Sample extends Take {
  readonly step: number;
}

/** What a run has kept of one clip of its validations. */
export interface ClipSamples {
  /** Among the clips of a validation, from 0. */
  readonly index: number;
  readonly recording?: Omit<Sample, 'difference'>;
  /** The earliest first. */
  readonly generated: readonly Sample[];
}

export interface RunSamples {
  readonly clips: readonly ClipSamples[];
  /** Steps that were kept in all. */
  readonly kept: number;
  /** Event files whose end is torn or damaged. */
  readonly torn: number;
}

interface Place {
  readonly step: number;
  readonly place: EventPlace;
}

/**
 * Reads samples out of the event files of a run, of some of its steps: the first, the last, and others evenly between
 * them. Files may be large: only what is shown is held.
 *
 * @param folder of the event files
 * @param most steps
 */
export async function readRunSamples(folder: string, most: number): Promise<RunSamples> {
  const { places, torn } = await placesOf(folder);
  const generatedAt = [...places].filter(([tag]) => tag.startsWith('generated/'));
  const steps = [...new Set(generatedAt.flatMap(([, found]) => found.map(({ step }) => step)))];
  const chosen = evenly(
    steps.sort((a, b) => a - b),
    most,
  );
  const valueAt = async (tag: string, step?: number): Promise<LogValue | undefined> => {
    const found = places.get(tag)?.findLast((one) => step === undefined || one.step === step);
    const event = found && (await readEventAt(found.place));
    return event?.values?.find((value) => value.tag === tag);
  };
  const clips: ClipSamples[] = [];
  for (let index = 0; index < SAMPLED_CLIPS && chosen.length > 0; index++) {
    const tags = sampleTags(index);
    if (!places.has(tags.generated)) continue;
    const generated: Sample[] = [];
    for (const step of chosen) {
      generated.push({
        step,
        ...audioOf(await valueAt(tags.generated, step)),
        ...imageOf('mel', await valueAt(tags.generatedMel, step)),
        ...imageOf('difference', await valueAt(tags.difference, step)),
      });
    }
    clips.push({
      index,
      recording: {
        step: 0,
        ...audioOf(await valueAt(tags.recording)),
        ...imageOf('mel', await valueAt(tags.recordingMel)),
      },
      generated,
    });
  }
  return { clips, kept: steps.length, torn };
}

/** Where values of each tag lie that no later start took back. */
async function placesOf(folder: string) {
  const places = new Map<string, Place[]>();
  let torn = 0;
  for await (const { event, place } of readEvents(folder, () => torn++)) {
    if (event.start) {
      for (const [tag, found] of places) {
        places.set(
          tag,
          found.filter(({ step }) => step < event.step),
        );
      }
    }
    for (const { kind, tag } of event.values ?? []) {
      if (kind !== 'audio' && kind !== 'image') continue;
      const found = places.get(tag) ?? [];
      found.push({ step: event.step, place });
      places.set(tag, found);
    }
  }
  return { places, torn };
}

/** The first and the last, and others between them. */
export function evenly<T>(all: readonly T[], most: number): T[] {
  if (all.length <= most) return [...all];
  if (most < 2) return all.slice(all.length - most);
  return Array.from(
    { length: most },
    (_, i) => all[Math.round((i * (all.length - 1)) / (most - 1))],
  );
}

function audioOf(value: LogValue | undefined): { readonly audio?: AudioValue } {
  return value?.kind === 'audio' ? { audio: value } : {};
}

function imageOf<Name extends string>(
  name: Name,
  value: LogValue | undefined,
): { readonly [key in Name]?: ImageValue } {
  return (value?.kind === 'image' ? { [name]: value } : {}) as { [key in Name]?: ImageValue };
}
