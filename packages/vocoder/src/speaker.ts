import type { Mel, MelRefinement } from '@hifigan/audio';
import { type ReceptiveField, receptiveField } from '@hifigan/models';
import type { Bundle } from './bundle.js';
import { Denoiser } from './denoiser.js';
import type { Engine, EngineStream } from './engine.js';
import { EngineError } from './engine-error.js';
import { normalizeMel } from './mel-statistics.js';
import { onAbort } from './on-abort.js';
import { piecesOf } from './pieces.js';
import { streamPieces } from './stream-pieces.js';
import { streamSteps } from './stream-steps.js';

/**
 * Pieces of so many times the frames that a sample depends on are computed anew for less than keeping state costs:
 * measured on hifigan-wasm, where the two meet between 64 and 128 frames of V1 to V3.
 */
const WIDE = 4;

/** Lets work have its turn. */
export type TakeTurn = <T>(work: () => Promise<T>) => Promise<T>;

/** How a whole mel is spoken. */
export interface PiecesOptions {
  /** Frames of a piece. */
  readonly chunkFrames: number;
  /** What the sound goes through as it comes. */
  readonly refinement?: MelRefinement;
  /** Called, and awaited, after each piece with the frames that are done. */
  readonly done: (frames: number) => Promise<void>;
}

/** A generator on an engine: cuts mels into pieces that together are the whole. */
export class Speaker {
  readonly #bundle: Bundle;
  readonly #engine: Engine;
  readonly #where: string;
  readonly #field: ReceptiveField;
  readonly #open = new Set<EngineStream>();
  #denoiser: Denoiser | undefined;

  /** @param where what to call the generator in errors */
  constructor(bundle: Bundle, engine: Engine, where: string) {
    this.#bundle = bundle;
    this.#engine = engine;
    this.#where = where;
    this.#field = receptiveField(bundle.config);
  }

  /**
   * @param mel of the model's profile
   * @returns frames × hop_size samples
   * @throws EngineError where the engine makes something else
   */
  async generate(mel: Mel): Promise<Float32Array> {
    return this.#generate(this.#normalized(mel));
  }

  /** Whether mels of one length can be spoken at once. */
  get batches(): boolean {
    return this.#engine.generateBatch !== undefined;
  }

  /**
   * @param mels of the model's profile, all of one length
   * @returns of each frames × hop_size samples
   * @throws EngineError where the engine makes something else
   */
  async generateBatch(mels: readonly Mel[]): Promise<Float32Array[]> {
    const all: unknown = await this.#engine.generateBatch?.(
      mels.map((mel) => this.#normalized(mel)),
    );
    if (!Array.isArray(all)) {
      throw this.#error(
        `something of the kind ${kindOf(all)} of ${mels.length} mels and must make an array of Float32Arrays, because each has a sound of its own`,
      );
    }
    return mels.map(({ frames }, index) => this.#checked(all[index], frames));
  }

  async #generate(mel: Mel): Promise<Float32Array> {
    return this.#checked(await this.#engine.generate(mel), mel.frames);
  }

  /** Speaks a whole mel. @returns frames × hop_size samples */
  async speak(mel: Mel, { chunkFrames, refinement, done }: PiecesOptions): Promise<Float32Array> {
    const { hop_size: hop } = this.#bundle.config;
    const result = new Float32Array(mel.frames * hop);
    let made = 0;
    const add = (audio: Float32Array) => {
      result.set(audio, made);
      made += audio.length;
    };
    for (const { start, end, from, to } of piecesOf(mel.frames, chunkFrames, this.#field)) {
      const audio = await this.generate(framesOf(mel, from, to));
      const piece = audio.subarray((start - from) * hop, (end - from) * hop);
      refinement?.addMel(framesOf(mel, start, end));
      add(refinement ? refinement.push(piece) : piece);
      await done(end);
    }
    if (refinement) add(refinement.end());
    return result;
  }

  /**
   * Speaks a mel while it comes: step by step on an engine that keeps its state, which computes nothing twice, else
   * in pieces that overlap. So are wide ones, and what shall look ahead less than the generator does.
   *
   * @param takeTurn each step or piece is a turn
   * @param options `signal`: once it is aborted, what the stream keeps is freed, also where nobody asks for more
   */
  async *stream(
    parts: AsyncIterable<Mel>,
    takeTurn: TakeTurn,
    {
      chunkFrames,
      lookAhead,
      signal,
    }: {
      readonly chunkFrames: number;
      readonly lookAhead: number;
      readonly signal?: AbortSignal;
    },
  ): AsyncGenerator<Float32Array, void, undefined> {
    const { num_mels: mels, hop_size: hop } = this.#bundle.config;
    const { before, after } = this.#field;
    const wide = chunkFrames > WIDE * (before + after);
    if (this.#engine.openStream === undefined || lookAhead < after || wide) {
      const speak = (piece: Mel) => takeTurn(() => this.generate(piece));
      yield* streamPieces(parts, speak, { mels, hop, field: this.#field, chunkFrames, lookAhead });
      return;
    }
    // Opened within a turn, as the engine may be gone, and is asked for one thing at a time.
    let steps: EngineStream | undefined;
    let frames = 0;
    let samples = 0;
    let computing = false;
    const release = () => {
      if (!computing && steps && this.#open.delete(steps)) steps.dispose();
    };
    const step = (work: (stream: EngineStream) => Promise<Float32Array>) =>
      takeTurn(async () => {
        if (!steps) {
          steps = this.#opened();
          this.#open.add(steps);
        }
        computing = true;
        try {
          const audio = this.#checked(await work(steps));
          samples += audio.length;
          return audio;
        } finally {
          computing = false;
          if (signal?.aborted) release();
        }
      });
    const forget = onAbort(signal, release);
    try {
      yield* streamSteps(
        parts,
        {
          push: (mel) => {
            frames += mel.frames;
            return step((stream) => stream.push(this.#normalized(mel)));
          },
          end: async () => {
            const last = await step((stream) => stream.end());
            // Only now: how far a stream is behind is the engine's affair.
            this.#checkLength(samples, frames);
            return last;
          },
        },
        { mels, chunkFrames },
      );
    } finally {
      forget();
      release();
    }
  }

  /** The denoiser of this generator, made when it is first wanted: within a turn. */
  async denoiser(): Promise<Denoiser> {
    this.#denoiser ??= await Denoiser.of(this.#bundle.config, (mel) => this.#generate(mel));
    return this.#denoiser;
  }

  /** Frees the engine, and what streams that nobody reads any more keep. Nothing may be computing. */
  dispose(): void {
    try {
      for (const steps of this.#open) steps.dispose();
    } finally {
      this.#open.clear();
      this.#engine.dispose();
    }
  }

  #opened(): EngineStream {
    const steps = this.#engine.openStream?.();
    const { push, end, dispose } = steps ?? {};
    if (steps && [push, end, dispose].every((each) => typeof each === 'function')) return steps;
    throw this.#error(
      `something of the kind ${kindOf(steps)} and must make { push, end, dispose }, because openStream begins a stream`,
    );
  }

  #normalized(mel: Mel): Mel {
    const { statistics } = this.#bundle;
    return statistics ? normalizeMel(mel, statistics) : mel;
  }

  /**
   * All that an engine hands out passes here.
   *
   * @param frames of which it must be; left out where that is the engine's affair
   */
  #checked(audio: unknown, frames?: number): Float32Array {
    const kind = kindOf(audio);
    if (kind !== 'Float32Array') {
      throw this.#error(
        `something of the kind ${kind} and must make a Float32Array, because sound is that`,
      );
    }
    const sound = audio as Float32Array;
    if (frames !== undefined) this.#checkLength(sound.length, frames);
    const at = sound.findIndex((value) => !Number.isFinite(value));
    if (at >= 0) throw this.#error(`values that are no numbers (${sound[at]} at sample ${at})`);
    return sound;
  }

  #checkLength(samples: number, frames: number): void {
    const { hop_size: hop } = this.#bundle.config;
    if (samples === frames * hop) return;
    throw this.#error(
      `${samples} samples of ${frames} frames and must make ${frames * hop}, because hop_size is ${hop}`,
    );
  }

  #error(made: string): EngineError {
    return new EngineError(this.#where, this.#engine.description, made);
  }
}

function framesOf({ data, mels }: Mel, start: number, end: number): Mel {
  return { data: data.subarray(start * mels, end * mels), frames: end - start, mels };
}

/** By its name, since one from another realm is no instance of ours. */
function kindOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice('[object '.length, -1);
}
