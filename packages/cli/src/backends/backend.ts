import type { HifiGanConfig } from '@hifigan/config';
import type { Engine, EngineFactory } from '@hifigan/vocoder';
import type { Finding } from '../doctor/finding.js';

/** What an engine may be told when it is started. */
export interface ActivateOptions {
  /** Threads that share one operation; else the backend's own choice. */
  readonly threads?: number;
  /** Told about problems that do not end the work, such as a lost thread. */
  readonly onWarning?: (message: string) => void;
}

/** Whether a backend can run here. */
export interface Availability {
  readonly ok: boolean;
  /** Where it cannot: why, and what to do. */
  readonly reason?: string;
  /** Where it can, but is so slow that `bench` measures it only by its name: why. */
  readonly slow?: string;
}

/** Something that can compute tensors. Handed to the command line by whoever starts it. */
export interface Backend {
  /** As `--backend` takes it. */
  readonly name: string;
  readonly description: string;
  /** The most threads that it can use; any number where left out. */
  readonly mostThreads?: number;
  /** Whether it is taken by its name alone, never by `auto`. */
  readonly byNameOnly?: boolean;
  /**
   * Whether it can run here, and else why not and what to do. Asked by whoever may take it, and of all by `doctor` and
   * `bench`: it starts nothing that computes, and loads no more than the answer takes. What it has loaded, `end` lets
   * go of.
   */
  available(): Promise<Availability>;
  /** Makes it the backend of tfjs. @throws where it does not start */
  activate(options: ActivateOptions): Promise<void>;
  /**
   * Once it is active: how it computes a generator where there is a faster way than one operation of tfjs after the
   * other.
   *
   * @param onWarning told where that way is not to be had, and the other is taken
   */
  engine?(onWarning: (message: string) => void): EngineFactory;
  /**
   * Once it is active: opens the folder of an exported TensorFlow SavedModel.
   *
   * @throws where it cannot be loaded
   */
  openSavedModel?(folder: string, config: HifiGanConfig): Promise<Engine>;
  /** Once it is active: what it computes on, for people, where the description leaves that open. */
  device?(): Promise<string>;
  /**
   * Values that it keeps beside each of a filter, laid out for one direction of a convolution, for estimates of memory;
   * default 0.
   */
  readonly filterCopies?: number;
  /**
   * What it is made of here, for `doctor`: versions, threads, memory, what is missing and what to do about it.
   *
   * @param state whether it is active; where it does not start it tells what it can without
   */
  inspect?(state: { readonly active: boolean }): Promise<readonly Finding[]>;
  /** When the command has ended: lets go of what would keep the process, whether it was active or not. */
  end?(): Promise<void>;
}
