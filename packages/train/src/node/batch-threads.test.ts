import { copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { melOptions } from '@hifigan/audio';
import { tinyConfig } from '@hifigan/testkit';
import { describe, expect, test } from 'vitest';
import type { Place } from '../batches.js';
import { inFolder } from '../testing/in-folder.js';
import { writeNoise } from '../testing/tiny-run.js';
import { type BatchRecipe, batchesOf } from './batch-recipe.js';
import { BatchThreads } from './batch-threads.js';

/** Recordings of 2000 samples each, but for `blip`, which has 700. */
async function recipeOf(
  folder: string,
  ids: readonly string[],
  batchSize = 2,
): Promise<BatchRecipe> {
  for (const id of ids) await writeNoise(folder, id, id === 'blip' ? 700 : 2000);
  return {
    clips: { folder, ids, samplingRate: tinyConfig.sampling_rate },
    batches: { batchSize, segmentSize: 1024, mel: melOptions(tinyConfig), seed: 1 },
  };
}

const DYING = new URL('../testing/dying-batches.ts', import.meta.url);

const PLACES: readonly Place[] = [
  { epoch: 0, batch: 0 },
  { epoch: 0, batch: 1 },
  { epoch: 1, batch: 0 },
  { epoch: 1, batch: 1 },
  { epoch: 5, batch: 0 },
];

async function messageOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'it did not fail',
    (error: Error) => error.message,
  );
}

describe('threads that make batches', () => {
  test.each([1, 3])(
    '%i of them make the same, bit for bit, as the main thread',
    async (threads) => {
      await inFolder(async (folder) => {
        const recipe = await recipeOf(folder, ['a', 'b', 'blip', 'c', 'd']);
        const own = batchesOf(recipe);
        const made = new BatchThreads({ recipe, threads });
        try {
          // All at once: the answers may come in any order.
          const batches = await Promise.all(PLACES.map((place) => made.at(place)));
          for (const [i, place] of PLACES.entries()) {
            expect(batches[i]).toEqual(await own.at(place));
          }
        } finally {
          await made.dispose();
        }
      });
    },
  );

  test('from FLAC, too', async () => {
    await inFolder(async (folder) => {
      const flac = new URL('../../../codecs/src/fixtures/tone8.flac', import.meta.url);
      await copyFile(flac, join(folder, 'tone.flac'));
      const { batches } = await recipeOf(folder, [], 1);
      const clips = { folder, ids: ['tone'], samplingRate: 8000 };
      const made = new BatchThreads({ recipe: { batches, clips }, threads: 1 });
      const own = await batchesOf({ batches, clips }).at(PLACES[0]);
      expect(await made.at(PLACES[0])).toEqual(own);
      await made.dispose();
    });
  });

  test('with a cache that holds a clip or none, too', async () => {
    await inFolder(async (folder) => {
      const recipe = await recipeOf(folder, ['a', 'b', 'c']);
      const own = await batchesOf(recipe).at(PLACES[2]);
      for (const cacheBytes of [0, 2 * 8000]) {
        const limited = { ...recipe, clips: { ...recipe.clips, cacheBytes } };
        const made = new BatchThreads({ recipe: limited, threads: 2 });
        expect(await made.at(PLACES[2])).toEqual(own);
        await made.dispose();
      }
    });
  });

  test('tell what is wrong with a file in the words of the main thread, and go on', async () => {
    await inFolder(async (folder) => {
      const recipe = await recipeOf(folder, ['a', 'b', 'c', 'd']);
      await rm(join(folder, 'c.wav'));
      const made = new BatchThreads({ recipe, threads: 2 });
      try {
        const places = [0, 1].map((batch) => ({ epoch: 0, batch }));
        const messages = await Promise.all(places.map((place) => messageOf(made.at(place))));
        const own = await Promise.all(
          places.map((place) => messageOf(batchesOf(recipe).at(place))),
        );
        expect(messages).toEqual(own);
        expect(messages.join('\n')).toContain(join(folder, 'c.wav'));
        expect(messages).toContain('it did not fail');
      } finally {
        await made.dispose();
      }
    });
  });

  test('one that ends names the file that it read, for all that it was asked', async () => {
    await inFolder(async (folder) => {
      const recipe = await recipeOf(folder, ['dies'], 1);
      const made = new BatchThreads({ recipe, threads: 1, program: DYING });
      const messages = await Promise.all(PLACES.map((place) => messageOf(made.at(place))));
      const expected = `${join(folder, 'dies.wav')}: the thread that read it ended (exit code 7); look at this recording, or read without threads (--set num_workers=0)`;
      expect(new Set(messages)).toEqual(new Set([expected]));
      // Asked later, too.
      expect(await messageOf(made.at(PLACES[0]))).toBe(expected);
      await made.dispose();
    });
  });

  test('one that never gets done is ended, and its batches fail', async () => {
    await inFolder(async (folder) => {
      const recipe = await recipeOf(folder, ['hangs'], 1);
      const made = new BatchThreads({ recipe, threads: 1, program: DYING });
      const message = messageOf(made.at(PLACES[0]));
      await made.dispose();
      expect(await message).toBe('the threads that read recordings were ended');
    });
  });

  test('a program that is not there is told', async () => {
    await inFolder(async (folder) => {
      const recipe = await recipeOf(folder, ['a'], 1);
      const program = new URL('../testing/no-such-program.ts', import.meta.url);
      const made = new BatchThreads({ recipe, threads: 1, program });
      expect(await messageOf(made.at(PLACES[0]))).toMatch(/no-such-program/);
      await made.dispose();
    });
  });
});
