import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSafetensors } from '@hifigan/checkpoint';
import { generatorGraph, writeOnnx } from '@hifigan/export';
import { trackUnfinished } from '@hifigan/train/node';
import { quietTensors } from '../backends/quiet-tensors.js';
import { writeAtomic } from '../files/write-atomic.js';
import type { Course } from './entrant.js';
import { randomWeights } from './random-weights.js';

/** Configurations as ONNX files, in a temporary folder, so that whoever has an onnxruntime need not export by hand. */
export class ExportedCourses {
  readonly #weights: string | undefined;
  #folder: { readonly path: string; readonly forget: () => void } | undefined;
  #count = 0;

  /** @param weights file of weights for all; random ones where left out */
  constructor(weights: string | undefined) {
    this.#weights = weights;
  }

  /** @returns the absolute path of a file with the weights of the course */
  async onnx({ config, name }: Course): Promise<string> {
    const folder = await this.#open();
    const weights = this.#weights
      ? readSafetensors(await readFile(this.#weights), this.#weights).arrays
      : await this.#random(config);
    const path = join(folder, `${this.#count++}.onnx`);
    await writeAtomic(path, writeOnnx(generatorGraph(config, weights, { where: name })));
    return path;
  }

  async remove(): Promise<void> {
    if (!this.#folder) return;
    await rm(this.#folder.path, { recursive: true, force: true });
    this.#folder.forget();
    this.#folder = undefined;
  }

  async #random(config: Course['config']) {
    const tf = await quietTensors();
    await tf.setBackend('cpu');
    return randomWeights(config);
  }

  async #open(): Promise<string> {
    if (!this.#folder) {
      const path = await mkdtemp(join(tmpdir(), 'hifigan-bench-'));
      this.#folder = { path, forget: trackUnfinished(path) };
    }
    return this.#folder.path;
  }
}
