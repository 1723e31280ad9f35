import { join } from 'node:path';
import {
  createProfileAnalysis,
  griffinLim,
  integratedLoudness,
  type MelOptions,
  type MelPhases,
  melOptions,
  type ProfileAnalysis,
  profileOfConfig,
  writeWav,
} from '@hifigan/audio';
import type { HifiGanConfig } from '@hifigan/config';
import { compareSpeech, type SpeechMeasureName, trackPitch } from '@hifigan/metrics';
import { type Context, heedInterrupt } from '../context.js';
import { explain, Interrupted } from '../errors.js';
import type { FoundFile } from '../files/find-files.js';
import { type Recording, RecordingReader } from '../files/read-recording.js';
import { cancels } from '../files/recording-notices.js';
import { writeAtomic } from '../files/write-atomic.js';
import { analyzeRecording } from '../model/analyze-recording.js';
import { type OpenedVocoder, openVocoder } from '../model/open-vocoder.js';
import { type RefineOptions, refinementBy } from '../options.js';
import { type EvalItem, generatedBy } from './find-items.js';
import type { FailedSound, JudgedItem, JudgedSound, SoundFacts } from './judged.js';
import type { EvalSystem } from './systems.js';

/** What is measured, and how. */
export interface JudgeOptions extends RefineOptions {
  /** Its rate and its mels are those of the comparison. */
  readonly config: HifiGanConfig;
  readonly systems: readonly EvalSystem[];
  readonly measures: readonly SpeechMeasureName[];
  readonly backend: string;
  readonly threads?: number;
  /** Folder for what is made of the references, absolute. */
  readonly keep?: string;
}

/**
 * A reference and what a system made of it, as they are compared: mono samples at the rate of the comparison, both of
 * one length and beginning together. Full scale is [−1, 1]; nothing is clipped or made louder, so peaks may lie beyond.
 */
export interface SoundPair {
  readonly reference: Float32Array;
  readonly generated: Float32Array;
}

/** What a system made of a reference, at the rate of the comparison, in its own length. */
interface MadeSound {
  readonly audio: Float32Array;
  /** Where it was read, or the reference that it was made of here. */
  readonly file: FoundFile;
  /** Absent where it was made here. */
  readonly recording?: Recording;
  /** Hz, of a model. */
  readonly spokenAt?: number;
  /** Rounds, of a model. */
  readonly refined?: number;
  /** That these began with. */
  readonly phases?: MelPhases;
}

/** Frames between which Ctrl-C is heard. */
const CHUNK_FRAMES = 256;

const PITCH: readonly SpeechMeasureName[] = ['f0_rmse', 'voiced_f1'];

/** Seconds of the end that may be missing: programs lose some frames there. */
const MOST_LACKING = 0.1;

/** Measures what systems made of references, one reference after the other; holds no more than one. */
export class ItemJudge {
  readonly samplingRate: number;
  readonly #context: Context;
  readonly #options: JudgeOptions;
  readonly #mel: MelOptions;
  readonly #analysis: ProfileAnalysis;
  readonly #voices: ReadonlyMap<string, OpenedVocoder>;
  /** By rate. */
  readonly #readers = new Map<number, RecordingReader>();

  private constructor(
    context: Context,
    options: JudgeOptions,
    voices: ReadonlyMap<string, OpenedVocoder>,
  ) {
    this.#context = context;
    this.#options = options;
    this.#voices = voices;
    this.samplingRate = options.config.sampling_rate;
    this.#mel = melOptions(options.config);
    this.#analysis = createProfileAnalysis(profileOfConfig(options.config));
  }

  /** @throws what openVocoder throws */
  static async open(context: Context, options: JudgeOptions): Promise<ItemJudge> {
    const voices = new Map<string, OpenedVocoder>();
    try {
      for (const { kind, name, path: checkpoint } of options.systems) {
        if (kind !== 'model') continue;
        const { backend, threads } = options;
        voices.set(name, await openVocoder(context, { checkpoint, backend, threads }));
      }
    } catch (error) {
      for (const { vocoder } of voices.values()) await vocoder.dispose();
      throw error;
    }
    return new ItemJudge(context, options, voices);
  }

  /**
   * Measures all that was made of a reference; what cannot be read or made is told in the result.
   *
   * @param advance called with the share that is done; throws after Ctrl-C
   * @throws Interrupted after Ctrl-C; UserError where the reference itself cannot be judged
   */
  async judge(item: EvalItem, advance: (share: number) => Promise<void>): Promise<JudgedItem> {
    const reference = await this.#read(item.reference);
    const systems = new Map<string, JudgedSound | FailedSound>();
    const present = this.#options.systems.filter((system) => has(item, system));
    // Tracking pitch is most of the work; of equal lengths it is the same.
    const pitches = new Map<number, ReturnType<typeof trackPitch>>();
    const pitchOf = (audio: Float32Array) => {
      const known = pitches.get(audio.length) ?? trackPitch(audio, this.samplingRate);
      return pitches.set(audio.length, known).get(audio.length);
    };
    for (const [index, system] of present.entries()) {
      await advance(index / present.length);
      try {
        systems.set(system.name, await this.#judgeSystem(item, system, { reference, pitchOf }));
      } catch (error) {
        if (error instanceof Interrupted || this.#context.signal.aborted) throw new Interrupted();
        systems.set(system.name, { failed: explain(error) });
      }
    }
    return {
      ...{ name: item.name, reference: factsOf(item.reference, reference) },
      systems: Object.fromEntries(systems),
    };
  }

  /** The sounds themselves, as they were compared; of a system that could be judged. */
  async hear(item: EvalItem, system: EvalSystem): Promise<SoundPair> {
    const reference = await this.#read(item.reference);
    const { audio } = await this.#soundOf(item, system, reference);
    return alike(reference.audio, audio, this.samplingRate);
  }

  async end(): Promise<void> {
    for (const { vocoder } of this.#voices.values()) await vocoder.dispose();
  }

  async #judgeSystem(
    item: EvalItem,
    system: EvalSystem,
    {
      reference,
      pitchOf,
    }: {
      readonly reference: Recording;
      readonly pitchOf: (audio: Float32Array) => ReturnType<typeof trackPitch> | undefined;
    },
  ): Promise<JudgedSound> {
    const { measures, keep } = this.#options;
    const { samplingRate } = this;
    const made = await this.#soundOf(item, system, reference);
    if (keep !== undefined && !made.recording) {
      const wav = writeWav({ samplingRate, channels: [made.audio] }, 'float32');
      await writeAtomic(join(keep, keptAs(item, system)), wav);
    }
    await heedInterrupt(this.#context);
    const pair = alike(reference.audio, made.audio, samplingRate);
    const lacking = pair.generated.length - made.audio.length;
    const missing: Partial<Record<SpeechMeasureName, string>> = {};
    const how = {
      ...{ samplingRate, mel: this.#mel },
      ...(measures.some((name) => PITCH.includes(name)) && {
        referencePitch: tried(() => pitchOf(pair.reference)),
      }),
    };
    const figures = compareSpeech(pair.reference, pair.generated, {
      ...how,
      only: measures,
      onMissing: (name, reason) => {
        missing[name] = reason;
      },
    });
    // All others that are missing are missing of the reference itself.
    const lost = lostOf(missing, {
      f0_rmse: () => how.referencePitch?.f0.some((hz) => hz > 0) ?? false,
      loudness_difference: () => Number.isFinite(integratedLoudness(pair.reference, samplingRate)),
    });
    const seconds = pair.reference.length / samplingRate;
    return {
      ...(made.recording && { sound: factsOf(made.file, made.recording) }),
      ...(made.spokenAt !== undefined && { spokenAt: made.spokenAt }),
      ...(made.refined !== undefined && { refined: made.refined }),
      ...(made.phases !== undefined && { phases: made.phases }),
      ...(isSilent(pair.generated) && !isSilent(pair.reference) && { silent: true }),
      seconds,
      cut: {
        reference: reference.audio.length / samplingRate - seconds,
        generated: Math.max(0, made.audio.length / samplingRate - seconds),
      },
      ...(lacking > 0 && { lacking: lacking / samplingRate }),
      ...{ measures: figures, missing },
      ...(lost.length > 0 && { lost }),
    };
  }

  /** What a system made of a reference, or makes now. */
  async #soundOf(item: EvalItem, system: EvalSystem, reference: Recording): Promise<MadeSound> {
    const file = item.reference;
    if (system.kind === 'files') {
      const made = generatedBy(item, system.name)!;
      const recording = await this.#read(made);
      return { audio: recording.audio, recording, file: made };
    }
    if (system.kind === 'model') return this.#speak(file, system.name);
    const mel = analyzeRecording(this.#analysis, reference.audio, file.shown);
    const how =
      system.kind === 'mel-limit'
        ? { iterations: 0, phases: reference.audio }
        : { iterations: system.iterations };
    return { audio: griffinLim(mel, { ...this.#mel, ...how }), file };
  }

  async #speak(file: FoundFile, name: string): Promise<MadeSound> {
    const { vocoder } = this.#voices.get(name)!;
    const spokenAt = vocoder.config.sampling_rate;
    const { refined, phases } = refinementBy(this.#options, vocoder.card);
    const recording = await this.#read(file, spokenAt);
    const mel = analyzeRecording(vocoder, recording.audio, file.shown);
    const audio = await vocoder.synthesize(mel, {
      ...{ chunkFrames: CHUNK_FRAMES, samplingRate: this.samplingRate },
      ...{ refine: refined, phases },
      signal: this.#context.signal,
      onProgress: () => heedInterrupt(this.#context),
    });
    return { audio, file, spokenAt, refined, phases };
  }

  async #read(
    { path, shown }: FoundFile,
    samplingRate: number = this.samplingRate,
  ): Promise<Recording> {
    const known = this.#readers.get(samplingRate);
    const reader = known ?? new RecordingReader(this.#context, samplingRate);
    this.#readers.set(samplingRate, reader);
    return reader.read(path, shown);
  }
}

/** Where `--keep` puts what a system made of a reference, below its folder. */
export function keptAs({ name }: EvalItem, system: Pick<EvalSystem, 'name'>): string {
  return join(keptFolder(system), `${name}.wav`);
}

/** The folder of a system, below that of `--keep`. */
export function keptFolder({ name }: Pick<EvalSystem, 'name'>): string {
  return name.replaceAll(/[/\\:]|^\.+/g, '_');
}

/** Whether there is something to judge. */
export function has(item: EvalItem, { kind, name }: EvalSystem): boolean {
  return kind !== 'files' || generatedBy(item, name) !== undefined;
}

function factsOf({ shown }: FoundFile, { original }: Recording): SoundFacts {
  const { samplingRate, channels, samples } = original;
  return {
    ...{ file: shown, samplingRate, channels, seconds: samples / samplingRate },
    ...(cancels(original) && { cancelled: true as const }),
  };
}

/**
 * Both over the same time, from their common beginning: as much as the shorter has, where only some frames at the end
 * are of one alone. Speech that is missing counts as silence, or who says only the first word would do best.
 */
function alike(reference: Float32Array, generated: Float32Array, samplingRate: number): SoundPair {
  const lacking = reference.length - generated.length;
  if (lacking > MOST_LACKING * samplingRate) {
    const padded = new Float32Array(reference.length);
    padded.set(generated);
    return { reference, generated: padded };
  }
  const length = Math.min(reference.length, generated.length);
  return {
    reference: reference.subarray(0, length),
    generated: generated.subarray(0, length),
  };
}

/** Those of the missing measures that the reference has: it is what was generated that lacks them. */
function lostOf(
  missing: Readonly<Partial<Record<SpeechMeasureName, string>>>,
  has: Readonly<Partial<Record<SpeechMeasureName, () => boolean>>>,
): readonly SpeechMeasureName[] {
  return (Object.keys(missing) as SpeechMeasureName[]).filter((name) => has[name]?.());
}

const isSilent = (audio: Float32Array) => audio.every((value) => value === 0);

/** Where it cannot be, whoever needs it says why. */
function tried<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
