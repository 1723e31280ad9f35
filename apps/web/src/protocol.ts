import type { MelOptions } from '@hifigan/audio';
import type { SpeechComparison, SpeechMeasureName } from '@hifigan/metrics';
import type { VoiceCard } from '@hifigan/vocoder';

/** All that the page and the studio's Worker say to each other. Arrays of samples change hands without a copy. */

/** One way to compute, and whether it works here. */
export interface EngineReport {
  readonly name: EngineName;
  readonly title: string;
  /** Why it cannot be had here; absent where it can. */
  readonly missing?: string;
}

export type EngineName = 'webgpu' | 'wasm-threads' | 'wasm' | 'cpu';

/** What of a model the page shows, and what it must know to draw. */
export interface VoiceFacts {
  readonly title: string;
  readonly card?: VoiceCard;
  /** Hz. */
  readonly samplingRate: number;
  readonly hopSize: number;
  readonly mels: number;
  /** Frames that its sound depends on besides those that have come; live sound may wait for fewer. */
  readonly lookAhead: number;
  /** Which engine it runs on, and what that says of itself. */
  readonly engine: EngineName;
  readonly engineDetail: string;
  /** What is odd, but works. */
  readonly notices: readonly string[];
  /** Where frequencies lie on the pictures' height, 0 at the bottom. */
  readonly ticks: Readonly<Record<PictureView, readonly Tick[]>>;
}

export interface Tick {
  readonly hz: number;
  readonly at: number;
}

/** What was given to be spoken. */
export interface InputFacts {
  readonly name: string;
  readonly kind: 'recording' | 'mel';
  readonly frames: number;
  /** At the voice's rate and hop. */
  readonly seconds: number;
  readonly notices: readonly string[];
  /** Of a recording: mono, at the voice's rate. */
  readonly audio?: Float32Array<ArrayBuffer>;
}

/** Where the model comes from: an address of a bundle, or files that were dropped. */
export type VoiceSource = { readonly url: string } | { readonly files: readonly File[] };

/** Where the sound comes from. */
export type InputSource =
  | { readonly file: File }
  | { readonly url: string; readonly name: string }
  | {
      readonly samples: Float32Array<ArrayBuffer>;
      /** Hz. */
      readonly samplingRate: number;
      readonly name: string;
    };

/** What the mel editor does before the voice speaks. */
export interface MelEdits {
  /** Decibels at knots that are equally far apart from the lowest band to the highest. */
  readonly gains: readonly number[];
  /** How many times as long it becomes. */
  readonly stretch: number;
  /** Semitones that the spectrum moves: harmonics as far as bands tell them apart, and formants. */
  readonly shift: number;
}

export interface SpeechProgress {
  readonly frames: number;
  readonly of: number;
  /** Seconds of sound that a second of computing made so far. */
  readonly speed: number;
}

export interface Speech {
  readonly audio: Float32Array<ArrayBuffer>;
  /** Seconds of sound, and seconds that computing it took. */
  readonly seconds: number;
  readonly took: number;
}

/** A recording and what was made of it, as long. */
export interface Measurable {
  readonly original: Float32Array<ArrayBuffer>;
  readonly generated: Float32Array<ArrayBuffer>;
  /** Hz, of both. */
  readonly samplingRate: number;
  /** Of the voice. */
  readonly mel: MelOptions;
}

/** Those that the page shows. */
export type Measures = SpeechComparison<Exclude<SpeechMeasureName, 'estoi'>>;

export interface MeasureProgress {
  /** What is measured now, in words. */
  readonly what: string;
  /** Measured so far, of how many. */
  readonly done: number;
  readonly of: number;
}

export type PictureView = 'mel' | 'spectrum';
export type PictureOf = 'original' | 'generated' | 'difference';

export interface PictureRequest {
  readonly view: PictureView;
  readonly of: PictureOf;
  /** Seconds of what was generated. */
  readonly from: number;
  readonly to: number;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
}

export interface Picture {
  /** RGBA; absent where there is nothing to show. */
  readonly pixels?: Uint8ClampedArray<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
}

export type Saving = 'wav' | 'wav-float' | 'original-wav' | 'mel' | 'bundle' | 'onnx';

export interface SavedFile {
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** The way of live sound, past the page: from the microphone's worklet, to the speaker's. */
export interface LiveStart {
  readonly microphone: MessagePort;
  readonly speaker: MessagePort;
  /** Hz, of both. */
  readonly contextRate: number;
  /** Frames that are waited for before those before them are spoken; as many as the voice has make its own sound. */
  readonly lookAhead: number;
}

export interface LiveProgress {
  /** Seconds from a sound's arrival to its synthetic one's leaving, all but the sound card's own. */
  readonly latency: number;
  /** Seconds of it that are waited by design; the others are computing, and buffers on the way. */
  readonly waits: LiveWaits;
  /** Seconds of computing a second of sound. */
  readonly load: number;
  /** Times that nothing was there to be played. */
  readonly gaps: number;
}

export interface LiveWaits {
  /** For the frames that are spoken at once. */
  readonly frames: number;
  /** For the rest of the last frame's window. */
  readonly window: number;
  readonly lookAhead: number;
}

export interface LiveEnd {
  readonly reason: 'stopped' | 'too slow';
  readonly seconds: number;
}

/** A training: in a Worker of its own. */
export interface TrainingStart {
  /** The voice that it begins as. */
  readonly source: VoiceSource;
  readonly engine: EngineName;
  /** Recordings. */
  readonly files: readonly File[];
}

export interface TrainingProgress {
  readonly state: 'training' | 'paused';
  /** Done so far. */
  readonly steps: number;
  /** Of computing them. */
  readonly seconds: number;
  /** Mel loss, the mean of the last steps. */
  readonly loss?: number;
  readonly stepsPerSecond?: number;
  /** Mel error of the held-out pieces: at the beginning, and last, after so many steps. */
  readonly heldOut?: { readonly before: number; readonly now: number; readonly steps: number };
}

export interface TrainingEnd {
  /** That were learned from. */
  readonly steps: number;
  /** Why it ended by itself. */
  readonly spoilt?: string;
}

export type TrainingPictureRequest = Pick<PictureRequest, 'width' | 'height'>;

export interface TrainingPicture extends Picture {
  /** The values at its lower and its upper edge. */
  readonly low?: number;
  readonly high?: number;
}

/** The files of a bundle. */
export interface TrainedVoice {
  readonly files: readonly Pick<SavedFile, 'name' | 'bytes'>[];
}

interface Call<Args, Result, Progress = never> {
  readonly args: Args;
  readonly result: Result;
  readonly progress: Progress;
}

/** What the page asks the Worker for, by name. */
export interface Calls {
  readonly engines: Call<undefined, readonly EngineReport[]>;
  readonly openVoice: Call<
    { readonly source: VoiceSource; readonly engine: EngineName },
    VoiceFacts
  >;
  readonly useEngine: Call<EngineName, VoiceFacts>;
  readonly openInput: Call<InputSource, InputFacts>;
  /** The same input for the voice that is there now. */
  readonly renewInput: Call<undefined, InputFacts>;
  readonly closeInput: Call<undefined, undefined>;
  readonly speak: Call<MelEdits | undefined, Speech, SpeechProgress>;
  /** What was spoken and what it was made of, for `measure`. */
  readonly measurable: Call<undefined, Measurable>;
  /** In a Worker of its own. */
  readonly measure: Call<Measurable, Measures, MeasureProgress>;
  readonly picture: Call<PictureRequest, Picture>;
  readonly save: Call<Saving, SavedFile>;
  readonly live: Call<LiveStart, LiveEnd, LiveProgress>;
  readonly train: Call<TrainingStart, TrainingEnd, TrainingProgress>;
  /** Whether it is to wait after its present step. */
  readonly holdTraining: Call<boolean, undefined>;
  readonly trainingPicture: Call<TrainingPictureRequest, TrainingPicture>;
  /** What was learned so far. */
  readonly trainedVoice: Call<undefined, TrainedVoice>;
  readonly saveTrained: Call<undefined, SavedFile>;
}

export type CallName = keyof Calls;

/** From the page. */
export type ToWorker =
  | { readonly id: number; readonly name: CallName; readonly args: unknown }
  /** Ends a call. */
  | { readonly id: number; readonly cancel: true };

/** From the Worker. */
export type FromWorker =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly progress: unknown }
  | { readonly id: number; readonly error: { readonly name: string; readonly message: string } };
