import { readdir, readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { readSafetensors } from '@hifigan/checkpoint';
import type { HifiGanConfig } from '@hifigan/config';
import { adviseResume } from './advise-resume.js';
import { adviseEarlier } from './earlier-checkpoint.js';
import { findReferenceCheckpoint } from './reference-checkpoint.js';
import {
  type FileBytes,
  finishRename,
  PARTIAL,
  writeFileAtomically,
  writeFilesAtomically,
} from './write-file.js';

/** A checkpoint: `g_00005000.safetensors` and `do_00005000.safetensors`. */
export interface CheckpointFiles {
  /** Index of the last step it holds: that many updates and one. */
  readonly number: number;
  /** The generator. */
  readonly generator: string;
  /** Discriminators, optimizers and the place in the data. */
  readonly training: string;
  /** The generator with averaged weights, where the run keeps them: `ema_00005000.safetensors`. */
  readonly average?: string;
}

/** What the files of a checkpoint shall hold. */
export type CheckpointContents = Readonly<Record<'generator' | 'training', FileBytes>> & {
  readonly average?: FileBytes;
};

/** Whether a file is a checkpoint that we wrote, whatever its name. */
async function isOurs(path: string): Promise<boolean> {
  try {
    const { metadata } = readSafetensors(await readFile(path), path);
    return metadata.format?.startsWith('hifigan-') === true;
  } catch {
    return false;
  }
}

/** Of averages a run needs none: the training state holds them, too. */
const NAME = /^(g|do)_(\d{8,})\.safetensors$/;

/** The name that a generator's draft will have, where its training state has its own already: then both are whole. */
function withoutDraft(name: string, names: readonly string[]): string {
  const whole = name.slice(0, -PARTIAL.length);
  const isLast = name.endsWith(PARTIAL) && names.includes(whole.replace(/^g_/, 'do_'));
  return isLast && whole.startsWith('g_') && !names.includes(whole) ? whole : name;
}

/** The folder of a run: configuration, checkpoints, log. */
export class RunFolder {
  readonly path: string;
  /** The newest checkpoint of the reference's trainer, where it is newer than all of ours. */
  readonly reference: CheckpointFiles | undefined;
  private readonly repair: boolean;

  private constructor(path: string, repair: boolean, reference: CheckpointFiles | undefined) {
    this.path = path;
    this.repair = repair;
    this.reference = reference;
  }

  /**
   * Opens a folder that is there. Completes the checkpoint of a run that was killed just
   * between the names of its files, or, without `repair`, only counts it as complete.
   *
   * @throws where it holds files newer than all checkpoints that are half a pair of the reference's trainer, or ours
   *   without their ending
   */
  static async open(
    path: string,
    { repair = true }: { readonly repair?: boolean } = {},
  ): Promise<RunFolder> {
    // Counting what a kill left almost complete, which is completed below.
    const { complete } = await new RunFolder(path, false, undefined).survey();
    const own = complete.at(-1) ?? -1;
    const found = await findReferenceCheckpoint(path);
    const reference = found && found.number > own ? found : undefined;
    const folder = new RunFolder(path, repair, reference);
    const names = await readdir(path);
    // What a checkpoint is as new as may stay: the run went on from it, or from what came after.
    const newest = reference?.number ?? own;
    const foreign = names
      .filter((name) => Number(/^(?:g|do)_(\d{8,})$/.exec(name)?.[1] ?? -1) > newest)
      .sort();
    if (foreign.length > 0) {
      const ours = await Promise.all(foreign.map((name) => isOurs(join(path, name))));
      throw new Error(
        ours.every(Boolean)
          ? `${path}: ${foreign.join(', ')} must end in .safetensors, because a run finds its checkpoints by their names; they are of this program: give them that ending back`
          : `${path}: ${foreign.join(', ')} must not be there, because a run goes on from its own files, or from whole pairs of the reference's trainer (g_ and do_ of one number, as PyTorch saves them); complete the pair, take it away, or name another folder`,
      );
    }
    for (const { number, name } of (await folder.survey()).halves) {
      const { generator } = folder.files(number);
      const isWhole = (path: string) => names.includes(basename(path) + PARTIAL);
      if (!name.startsWith('do_') || !isWhole(generator)) continue;
      const average = folder.averagePath(number);
      for (const path of isWhole(average) ? [average, generator] : [generator]) {
        await finishRename(path).catch(adviseResume);
      }
    }
    return folder;
  }

  get configPath(): string {
    return join(this.path, 'config.json');
  }

  files(number: number): CheckpointFiles {
    const name = String(number).padStart(8, '0');
    return {
      number,
      generator: join(this.path, `g_${name}.safetensors`),
      training: join(this.path, `do_${name}.safetensors`),
    };
  }

  private averagePath(number: number): string {
    return join(this.path, `ema_${String(number).padStart(8, '0')}.safetensors`);
  }

  /** Whole checkpoints, the oldest first. */
  async checkpoints(): Promise<CheckpointFiles[]> {
    const { complete } = await this.survey();
    return complete.map((number) => this.files(number));
  }

  /**
   * The checkpoint of the highest number, which may be {@link reference}; undefined in a new run. A killed write
   * never leaves a newer half, so a lone half means that a file was removed.
   *
   * @throws where a half is newer than all whole checkpoints
   */
  async latest(): Promise<CheckpointFiles | undefined> {
    const { complete, halves } = await this.survey();
    const last = this.reference?.number ?? complete.at(-1);
    const lost = halves.filter(({ number }) => last === undefined || number > last);
    if (lost.length > 0) {
      const names = lost.map(({ name }) => name);
      const earlier = await adviseEarlier(names, await this.checkpoints());
      throw new Error(
        `${this.path}: ${names.join(', ')} must have its other half beside it (g_ and do_ of one number), because a run goes on from both; ` +
          'put the file back, or begin in another folder from the generator: --init-from' +
          (earlier ? `; or ${earlier}` : ''),
      );
    }
    return this.reference ?? (last === undefined ? undefined : this.files(last));
  }

  /** Writes a checkpoint: all its files whole, or none. */
  async write(
    number: number,
    { generator, training, average }: CheckpointContents,
  ): Promise<CheckpointFiles> {
    const files = this.files(number);
    const path = this.averagePath(number);
    await writeFilesAtomically([
      { path: files.training, bytes: training },
      ...(average ? [{ path, bytes: average }] : []),
      // The last: with it the checkpoint is there.
      { path: files.generator, bytes: generator },
    ]).catch(adviseResume);
    return average ? { ...files, average: path } : files;
  }

  async writeConfig(config: HifiGanConfig): Promise<void> {
    const text = `${JSON.stringify(config, undefined, 2)}\n`;
    await writeFileAtomically(this.configPath, text).catch(adviseResume);
  }

  /**
   * Removes all whole checkpoints but the last ones, what killed runs left half written, and training states
   * whose generator is gone already; a generator alone stays.
   *
   * @param best the number of one that stays besides
   */
  async prune(keep: number, best?: number): Promise<void> {
    const names = await readdir(this.path);
    for (const name of names.filter((name) => name.endsWith(`.safetensors${PARTIAL}`))) {
      await rm(join(this.path, name), { force: true });
    }
    const { complete, halves } = await this.survey();
    const others = complete.filter((number) => number !== best);
    for (const number of others.slice(0, Math.max(0, others.length - keep))) {
      await this.remove(number);
    }
    for (const { name } of halves.filter(({ name }) => name.startsWith('do_'))) {
      await rm(join(this.path, name), { force: true });
    }
  }

  /** Removes a checkpoint. */
  async remove(number: number): Promise<void> {
    const files = this.files(number);
    // In this order: of what a kill leaves, the next time removes the rest.
    await rm(this.averagePath(number), { force: true });
    await rm(files.generator, { force: true });
    await rm(files.training, { force: true });
  }

  private async survey(): Promise<{
    readonly complete: readonly number[];
    readonly halves: readonly { readonly number: number; readonly name: string }[];
  }> {
    const found = new Map<number, string[]>();
    const names = await readdir(this.path);
    for (const name of names) {
      const match = NAME.exec(this.repair ? name : withoutDraft(name, names));
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
