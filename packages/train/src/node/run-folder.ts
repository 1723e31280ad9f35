import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { HifiGanConfig } from '@hifigan/config';
import { PARTIAL, writeFileAtomically } from './write-file.js';

/** A checkpoint: `g_00005000.safetensors` and `do_00005000.safetensors`. */
export interface CheckpointFiles {
  /** Index of the last step it holds: that many updates and one. */
  readonly number: number;
  /** The generator. */
  readonly generator: string;
  /** Discriminators, optimizers and the place in the data. */
  readonly training: string;
}

const NAME = /^(g|do)_(\d{8,})\.safetensors$/;

/** The folder of a run: configuration, checkpoints, log. */
export class RunFolder {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** Opens a folder; makes it where there is none. */
  static async open(path: string): Promise<RunFolder> {
    await mkdir(path, { recursive: true });
    return new RunFolder(path);
  }

  files(number: number): CheckpointFiles {
    const name = String(number).padStart(8, '0');
    return {
      number,
      generator: join(this.path, `g_${name}.safetensors`),
      training: join(this.path, `do_${name}.safetensors`),
    };
  }

  /** Whole checkpoints, the oldest first. */
  async checkpoints(): Promise<CheckpointFiles[]> {
    const { complete } = await this.survey();
    return complete.map((number) => this.files(number));
  }

  /**
   * The checkpoint of the highest number; undefined in a new run. A `do_` alone is what a kill between the two
   * leaves, and is passed over where a whole checkpoint is there.
   *
   * @throws where a `g_` that is newer than all whole checkpoints has lost its `do_`, or there are only halves
   */
  async latest(): Promise<CheckpointFiles | undefined> {
    const { complete, halves } = await this.survey();
    const last = complete.at(-1);
    const lost = halves.filter(
      ({ number, name }) => last === undefined || (number > last && name.startsWith('g_')),
    );
    if (lost.length > 0) {
      throw new Error(
        `${this.path}: ${lost.map(({ name }) => name).join(', ')} must have its other half beside it (g_ and do_ of one number), because a run goes on from both; ` +
          'put the file back, or begin in another folder from the generator: --init-from',
      );
    }
    return last === undefined ? undefined : this.files(last);
  }

  /**
   * Writes a checkpoint. The training state goes first: a run that is killed in between has one half too
   * many, which is ignored, and the checkpoint before.
   */
  async write(
    number: number,
    generator: Uint8Array,
    training: Uint8Array,
  ): Promise<CheckpointFiles> {
    const files = this.files(number);
    await writeFileAtomically(files.training, training);
    await writeFileAtomically(files.generator, generator);
    return files;
  }

  async writeConfig(config: HifiGanConfig): Promise<void> {
    const text = `${JSON.stringify(config, undefined, 2)}\n`;
    await writeFileAtomically(join(this.path, 'config.json'), text);
  }

  /** Removes all whole checkpoints but the last ones, and what killed runs left half written. */
  async prune(keep: number): Promise<void> {
    const names = await readdir(this.path);
    for (const name of names.filter((name) => name.endsWith(`.safetensors${PARTIAL}`))) {
      await rm(join(this.path, name), { force: true });
    }
    const { complete } = await this.survey();
    for (const number of complete.slice(0, Math.max(0, complete.length - keep))) {
      const files = this.files(number);
      await rm(files.generator, { force: true });
      await rm(files.training, { force: true });
    }
  }

  private async survey(): Promise<{
    readonly complete: readonly number[];
    readonly halves: readonly { readonly number: number; readonly name: string }[];
  }> {
    const found = new Map<number, string[]>();
    for (const name of await readdir(this.path)) {
      const match = NAME.exec(name);
      if (!match) continue;
      const number = Number(match[2]);
      found.set(number, [...(found.get(number) ?? []), name]);
    }
    const entries = [...found].sort(([a], [b]) => a - b);
    return {
      complete: entries.filter(([, names]) => names.length === 2).map(([number]) => number),
      halves: entries
        .filter(([, names]) => names.length === 1)
        .map(([number, [name]]) => ({ number, name })),
    };
  }
}
