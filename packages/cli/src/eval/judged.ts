import type { MelPhases } from '@hifigan/audio';
import type { SpeechMeasureName } from '@hifigan/metrics';

/** Figures by measure; null where one does not apply. */
export type Figures = Readonly<Partial<Record<SpeechMeasureName, number | null>>>;

/** A recording as it was found. */
export interface SoundFacts {
  readonly file: string;
  /** Hz, as stored; what differs from the rate of the comparison was resampled. */
  readonly samplingRate: number;
  readonly channels: number;
  /** Where one channel is the other upside down, so that their mix is all but silent. */
  readonly cancelled?: true;
  /** As stored. */
  readonly seconds: number;
}

/** What one system made of a reference, measured. */
export interface JudgedSound {
  /** Absent where it was made for the comparison. */
  readonly sound?: SoundFacts;
  /** Hz that a model spoke at; what differs from the rate of the comparison was resampled. Absent of all else. */
  readonly spokenAt?: number;
  /** Rounds that what a model spoke was refined with, 0 for none; absent of all else. */
  readonly refined?: number;
  /** Phases that this began with; absent where nothing was refined. */
  readonly phases?: MelPhases;
  /** Whether nothing is heard where the reference has sound: all that was compared is zero. */
  readonly silent?: true;
  /** That were compared: those that both have, and those of `lacking`. */
  readonly seconds: number;
  /** Of the end, which what was generated lacks and which counted as silence; absent where it is 0.1 s at most. */
  readonly lacking?: number;
  /** That were cut off the end of the longer one. */
  readonly cut: { readonly reference: number; readonly generated: number };
  readonly measures: Figures;
  /** Why a measure is null. */
  readonly missing: Readonly<Partial<Record<SpeechMeasureName, string>>>;
  /**
   * Of these, those that the reference has beside itself: what was generated lacks what they are measured by, such as
   * voice. Absent where there are none.
   */
  readonly lost?: readonly SpeechMeasureName[];
}

/** What could not be judged, and why. */
export interface FailedSound {
  readonly failed: string;
}

/** A reference and all that was made of it. */
export interface JudgedItem {
  readonly name: string;
  readonly reference: SoundFacts;
  /** By name of the system; without those that have no file of it. */
  readonly systems: Readonly<Record<string, JudgedSound | FailedSound>>;
}

/**
 * What a system made of a reference; nothing where it has none. Names of systems are what users call their folders:
 * `constructor` is one, and a property of any object.
 */
export function soundOf(
  { systems }: JudgedItem,
  system: string,
): JudgedSound | FailedSound | undefined {
  return Object.hasOwn(systems, system) ? systems[system] : undefined;
}

export function isJudged(sound: JudgedSound | FailedSound | undefined): sound is JudgedSound {
  return sound !== undefined && !('failed' in sound);
}
