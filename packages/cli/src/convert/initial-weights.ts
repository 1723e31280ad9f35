import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { writeSafetensors } from '@hifigan/checkpoint';
import type { HifiGanConfig } from '@hifigan/config';
import { type Context, pathOf } from '../context.js';
import { locateCheckpoint } from '../model/locate-checkpoint.js';
import { foreignBundle } from './foreign-bundle.js';
import { foreignOnDisk } from './foreign-on-disk.js';

/**
 * The file of weights that a training begins from. Of other programs' models a copy in our format is made, and removed
 * when the program ends.
 *
 * @param config of the training, which a PyTorch file without a configuration of its own must fit
 * @throws as `locateCheckpoint` and `readForeign` do
 */
export async function initialWeights(
  context: Context,
  typed: string,
  config: HifiGanConfig,
): Promise<string> {
  const about = await stat(pathOf(context, typed)).catch(() => undefined);
  const own = about && (await foreignOnDisk(context, typed, { isFolder: about.isDirectory() }));
  const located = own ? undefined : await locateCheckpoint(context, typed, 'v1');
  const found = own ?? located?.foreign;
  if (!found) return located!.weights;
  // The training reads it itself, and the discriminators of the do_ file beside it.
  if (/^g_\d{8,}$/.test(basename(typed)) && found.recognized.layout.name === 'reference') {
    return pathOf(context, typed);
  }
  const recognized = own ? own.recognized : { ...found.recognized, facts: config };
  const { weights, statistics, notices } = await foreignBundle({ ...found, recognized });
  for (const notice of notices) context.console.warn(notice);
  if (statistics) {
    context.console.warn(
      `${typed}: normalises its mels with a mean and scale, which training does not: it must first learn mels that are not normalised`,
    );
  }
  const folder = await mkdtemp(join(tmpdir(), 'hifigan-init-'));
  context.atEnd(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'weights.safetensors');
  await writeFile(path, writeSafetensors(weights));
  return path;
}
