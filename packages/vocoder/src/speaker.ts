import type { Mel } from '@hifigan/audio';
import { type ReceptiveField, receptiveField } from '@hifigan/models';
import type { Bundle } from './bundle.js';
import type { Engine } from './engine.js';
import { EngineError } from './engine-error.js';
import { normalizeMel } from './mel-statistics.js';
import { piecesOf } from './pieces.js';
import { streamPieces } from './stream-pieces.js';

/** Lets work have its turn. */
export type TakeTurn = <T>(work: () => Promise<T>) => Promise<T>;

/** A generator on an engine: cuts mels into pieces that together are the whole. */
export class Speaker {
  readonly #bundle: Bundle;
  readonly #engine: Engine;
  readonly #where: string;
  readonly #field: ReceptiveField;

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
    const { statistics, config } = this.#bundle;
    const audio = await this.#engine.generate(statistics ? normalizeMel(mel, statistics) : mel);
    const wanted = mel.frames * config.hop_size;
    if (audio.length !== wanted) {
      throw this.#error(
        `${audio.length} samples of ${mel.frames} frames and must make ${wanted}, because hop_size is ${config.hop_size}`,
      );
    }
    this.#checkSound(audio);
    return audio;
  }

  /** @param done called, and awaited, after each piece with the frames that are done */
  async speak(
    mel: Mel,
    chunkFrames: number,
    done: (frames: number) => Promise<void>,
  ): Promise<Float32Array> {
    const { hop_size: hop } = this.#bundle.config;
    const result = new Float32Array(mel.frames * hop);
    for (const { start, end, from, to } of piecesOf(mel.frames, chunkFrames, this.#field)) {
      const data = mel.data.subarray(from * mel.mels, to * mel.mels);
      const audio = await this.generate({ data, frames: to - from, mels: mel.mels });
      result.set(audio.subarray((start - from) * hop, (end - from) * hop), start * hop);
      await done(end);
    }
    return result;
  }

  /** Speaks a mel while it comes. */
  stream(
    parts: AsyncIterable<Mel>,
    takeTurn: TakeTurn,
    options: { readonly chunkFrames: number; readonly lookAhead: number },
  ): AsyncGenerator<Float32Array, void, undefined> {
    const { num_mels: mels, hop_size: hop } = this.#bundle.config;
    return streamPieces(parts, (piece) => takeTurn(() => this.generate(piece)), {
      ...options,
      mels,
      hop,
      field: this.#field,
    });
  }

  #checkSound(audio: Float32Array): void {
    const at = audio.findIndex((value) => !Number.isFinite(value));
    if (at >= 0) throw this.#error(`values that are no numbers (${audio[at]} at sample ${at})`);
  }

  #error(made: string): EngineError {
    return new EngineError(this.#where, this.#engine.description, made);
  }
}
