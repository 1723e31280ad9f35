import type { HifiGanConfig } from '@hifigan/config';
import type { AskedProcess } from '../processes/asked-process.js';

/** What computes: a backend of this command line, or an exported file on an onnxruntime or on TensorFlow. */
export type Computer =
  | {
      readonly kind: 'backend';
      readonly backend: string;
      /** Files of weights; random ones where left out. */
      readonly weights?: string;
    }
  | {
      readonly kind: 'onnx';
      readonly library: OnnxLibrary;
      /** A file beside which the library is found, as `createRequire` takes it. */
      readonly from: string;
      /** Absolute path of the generator. */
      readonly file: string;
      /** As the user knows it. */
      readonly shown: string;
    }
  | {
      readonly kind: 'savedmodel';
      /** One that takes a SavedModel. */
      readonly backend: string;
      /** Absolute path. */
      readonly folder: string;
      /** As the user knows it. */
      readonly shown: string;
    };

export type OnnxLibrary = 'onnxruntime-node' | 'onnxruntime-web';

/** All that a contender's process must know. */
export interface Task {
  readonly computer: Computer;
  readonly threads: number;
  readonly config: HifiGanConfig;
}

/** What can be asked of a contender's process, one after the other. */
export type Question =
  | { readonly ask: 'start'; readonly task: Task }
  /** Makes so many frames at once. */
  | { readonly ask: 'run'; readonly frames: number }
  /** Makes the first samples of a stream, so many frames at a time, whose mel is all there. */
  | { readonly ask: 'begin'; readonly frames: number }
  | { readonly ask: 'memory' };

/** What it answers. */
export interface Answers {
  readonly start: Started;
  readonly run: { readonly wall: number; readonly cpu: number };
  readonly begin: { readonly wall: number; readonly cpu: number };
  readonly memory: { readonly peakBytes: number };
}

/** A contender that is ready. */
export interface Started {
  /** Seconds for the modules, the backend's start and the model; not those for reading or drawing weights. */
  readonly wall: number;
  /** What it computes on, where it tells. */
  readonly device?: string;
  /** Of the library. */
  readonly version?: string;
  /** The only length that it takes. */
  readonly fixedFrames?: number;
  /** Frames of a piece that is heard first, with those that follow and that it depends on. */
  readonly framesAfter: number;
}

/** A contender in a process of its own. */
export type ContenderProcess = AskedProcess<Question, Answers>;
