import { checkMel, createProfileAnalysis, type Mel, type ProfileAnalysis } from '@hifigan/audio';
import { receptiveField } from '@hifigan/models';
import { type Bundle, profileOf } from './bundle.js';
import type { Engine } from './engine.js';
import { Speaker } from './speaker.js';
import type { StreamOptions, Vocoder } from './vocoder.js';
import { WorkQueue } from './work-queue.js';

const CHUNK_FRAMES = 512;
const STREAM_FRAMES = 32;

/** A vocoder of a bundle's parts; the engine is its own from now on. */
export function makeVocoder(bundle: Bundle, engine: Engine, where: string): Vocoder {
  const { config, card } = bundle;
  const { num_mels: mels } = config;
  const profile = profileOf(bundle);
  const queue = new WorkQueue();
  const speaker = new Speaker(bundle, engine, where);
  let analysis: ProfileAnalysis | undefined;
  return {
    config,
    card,
    profile,
    engine: engine.description,
    async synthesize(mel, { chunkFrames = CHUNK_FRAMES, onProgress, signal } = {}) {
      checkMel(mel, mels);
      checkFrames('synthesize: chunkFrames', chunkFrames, 1);
      return queue.run(
        (checkpoint) =>
          speaker.speak(mel, chunkFrames, async (frames) => {
            await onProgress?.(frames);
            checkpoint();
          }),
        { what: 'synthesize', signal },
      );
    },
    async synthesizeBatch(batch, { onProgress, signal } = {}) {
      for (const [index, mel] of batch.entries()) checkMel(mel, mels, `mels[${index}]`);
      return queue.run(
        async (checkpoint) => {
          const results: Float32Array[] = [];
          let before = 0;
          for (const mel of batch) {
            results.push(
              await speaker.speak(mel, CHUNK_FRAMES, async (frames) => {
                await onProgress?.(before + frames);
                checkpoint();
              }),
            );
            before += mel.frames;
          }
          return results;
        },
        { what: 'synthesizeBatch', signal },
      );
    },
    async *stream(parts, options = {}) {
      const { signal } = options;
      const { chunkFrames, lookAhead } = checkedStream(options, receptiveField(config).after);
      // A turn for each piece: between two of them others may speak, and whoever listens may take their time.
      yield* speaker.stream(
        checkedParts(parts, mels),
        (work) => queue.run(work, { what: 'stream', signal }),
        { chunkFrames, lookAhead },
      );
    },
    analyze(audio) {
      analysis ??= createProfileAnalysis(profile);
      return analysis.analyze(audio);
    },
    async warmup(frames = STREAM_FRAMES, { signal } = {}) {
      checkFrames('warmup: frames', frames, 1);
      const silence = { data: new Float32Array(frames * mels), frames, mels };
      await queue.run(() => speaker.generate(silence), { what: 'warmup', signal });
    },
    dispose: () => queue.close(() => speaker.dispose()),
  };
}

function checkedStream(
  { chunkFrames = STREAM_FRAMES, lookAhead }: StreamOptions,
  after: number,
): { readonly chunkFrames: number; readonly lookAhead: number } {
  checkFrames('stream: chunkFrames', chunkFrames, 1);
  if (lookAhead !== undefined) checkFrames('stream: lookAhead', lookAhead, 0);
  // More than the generator looks ahead would be waited for in vain.
  return { chunkFrames, lookAhead: Math.min(lookAhead ?? after, after) };
}

function checkFrames(what: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new RangeError(
    `${what}=${value} must be a whole number of at least ${least}, because it counts frames; leave it out`,
  );
}

async function* checkedParts(
  parts: AsyncIterable<Mel> | Iterable<Mel>,
  mels: number,
): AsyncGenerator<Mel, void, undefined> {
  let index = 0;
  for await (const part of parts) {
    // Nothing is a part as well: a source may have nothing to say for a while.
    const nothing = part.frames === 0 && part.data.length === 0;
    if (!nothing) {
      checkMel(part, mels, `mels[${index}]`);
      yield part;
    }
    index += 1;
  }
}
