import {
  checkMel,
  createProfileAnalysis,
  type Mel,
  MelError,
  type MelRefinement,
  type ProfileAnalysis,
} from '@hifigan/audio';
import { receptiveField } from '@hifigan/models';
import { batchesOf } from './batches.js';
import { type Bundle, profileOf } from './bundle.js';
import { checkOptions } from './check-kinds.js';
import type { Engine } from './engine.js';
import { MelSource } from './mel-source.js';
import {
  checkOutput,
  finished,
  finishedStream,
  keepResampler,
  type OutputOptions,
  through,
} from './output.js';
import { beginRefinement, checkRefine } from './refinement.js';
import { Speaker, type TakeTurn } from './speaker.js';
import type { SpeakOptions, StreamOptions, SynthesizeOptions, Vocoder } from './vocoder.js';
import { type WorkOptions, WorkQueue } from './work-queue.js';

const CHUNK_FRAMES = 512;
const STREAM_FRAMES = 32;
/** Of the silence that warms up: more than any piece, and held as a whole. */
const MOST_WARMUP_FRAMES = 65_536;

/** A vocoder of a bundle's parts; the engine is its own from now on. */
export function makeVocoder(bundle: Bundle, engine: Engine, where: string): Vocoder {
  const { config, card } = bundle;
  const { num_mels: mels, sampling_rate: rate } = config;
  const profile = profileOf(bundle);
  const queue = new WorkQueue();
  const speaker = new Speaker(bundle, engine, where);
  const resamplerTo = keepResampler(rate);
  let analysis: ProfileAnalysis | undefined;
  const finish = async (audio: Float32Array, output: OutputOptions) => {
    const denoiser = output.denoise ? await speaker.denoiser() : undefined;
    const resampler = resamplerTo(output.samplingRate);
    return finished(audio, output, { rate, denoiser, resampler });
  };
  // Made when its sound comes, as a round keeps memory.
  const refinementFor = (what: string, options: SpeakOptions) => {
    const { refine = card?.refine ?? 0, phases = card?.phases } = options;
    checkRefine(what, { refine, phases }, profile, config);
    return () => beginRefinement(config, { refine, phases }, card?.bandwidth);
  };
  // Neither a signal nor the closing waits for who is told: that may itself be waiting for the closing.
  const tell = async (
    onProgress: SynthesizeOptions['onProgress'],
    frames: number,
    options: WorkOptions,
  ) => {
    if (onProgress) await queue.wait(async () => onProgress(frames), options);
  };
  async function* speakStream(
    parts: AsyncIterable<Mel> | Iterable<Mel>,
    options: StreamOptions,
  ): AsyncGenerator<Float32Array, void, undefined> {
    const what = 'stream';
    checkOptions(what, options);
    const { signal } = options;
    const { chunkFrames, lookAhead } = checkedStream(options, receptiveField(config).after);
    checkOutput(what, options, rate);
    const refinement = refinementFor(what, options)();
    // A turn for each piece: between two of them others may speak, and whoever listens may take their time.
    const takeTurn: TakeTurn = (work) => queue.run(work, { what, signal });
    const source = new MelSource(parts, queue, { what, signal });
    const heard = checkedParts(source.parts(), mels);
    const spoken = speaker.stream(refinement ? told(heard, refinement) : heard, takeTurn, {
      chunkFrames,
      lookAhead,
      signal,
    });
    const denoiser = () => takeTurn(() => speaker.denoiser());
    try {
      yield* finishedStream(spoken, options, {
        refinement,
        denoiser,
        resampler: resamplerTo(options.samplingRate),
      });
    } finally {
      // Of a stream that failed before it asked for a part.
      source.leave();
    }
  }
  return {
    config,
    card,
    profile,
    engine: engine.description,
    async synthesize(mel, options = {}) {
      const what = 'synthesize';
      checkOptions(what, options);
      const { chunkFrames = CHUNK_FRAMES, onProgress, signal, ...output } = options;
      checkMel(mel, mels);
      checkFrames('synthesize: chunkFrames', chunkFrames, 1);
      checkOutput(what, output, rate);
      const begin = refinementFor(what, options);
      return queue.run(
        async (checkpoint) => {
          const audio = await speaker.speak(mel, {
            chunkFrames,
            refinement: begin(),
            async done(frames) {
              await tell(onProgress, frames, { what, signal });
              await checkpoint();
            },
          });
          return finish(audio, output);
        },
        { what, signal },
      );
    },
    async synthesizeBatch(batch, options = {}) {
      const what = 'synthesizeBatch';
      checkOptions(what, options);
      const { onProgress, signal, ...output } = options;
      if (!Array.isArray(batch)) {
        throw new MelError(
          'synthesizeBatch: mels must be an array of mels, because of each its sound is given; put a single one into an array: [mel]',
        );
      }
      for (const [index, mel] of batch.entries()) checkMel(mel, mels, `mels[${index}]`);
      checkOutput(what, output, rate);
      const begin = refinementFor(what, options);
      return queue.run(
        async (checkpoint) => {
          const results: Float32Array[] = batch.map(() => new Float32Array(0));
          let before = 0;
          const done = async (frames: number) => {
            await tell(onProgress, before + frames, { what, signal });
            await checkpoint();
          };
          const together = batchesOf(
            batch.map(({ frames }) => frames),
            speaker.batches ? CHUNK_FRAMES : 0,
          );
          for (const indices of together) {
            const some = indices.map((index) => batch[index]);
            const frames = some.reduce((sum, mel) => sum + mel.frames, 0);
            let spoken: Float32Array[];
            if (some.length === 1) {
              const refinement = begin();
              const chunkFrames = CHUNK_FRAMES;
              spoken = [await speaker.speak(some[0], { chunkFrames, refinement, done })];
            } else {
              spoken = await speaker.generateBatch(some);
              await done(frames);
            }
            for (const [at, index] of indices.entries()) {
              const refinement = some.length > 1 ? begin() : undefined;
              refinement?.addMel(some[at]);
              const audio = refinement ? through(spoken[at], refinement) : spoken[at];
              results[index] = await finish(audio, output);
              await checkpoint();
            }
            before += frames;
          }
          return results;
        },
        { what, signal },
      );
    },
    stream: (parts, options = {}) => once(speakStream(parts, options)),
    analyze(audio) {
      analysis ??= createProfileAnalysis(profile);
      return analysis.analyze(audio);
    },
    async warmup(frames = STREAM_FRAMES, options = {}) {
      checkOptions('warmup', options);
      const { signal } = options;
      checkFrames('warmup: frames', frames, 1);
      if (frames > MOST_WARMUP_FRAMES) {
        throw new RangeError(
          `warmup: frames=${frames} must be at most ${MOST_WARMUP_FRAMES}, because silence of so many is spoken, and longer mels are cut; take the frames of a piece (chunkFrames), or leave it out`,
        );
      }
      const silence = { data: new Float32Array(frames * mels), frames, mels };
      await queue.run(
        (checkpoint) => speaker.speak(silence, { chunkFrames: CHUNK_FRAMES, done: checkpoint }),
        { what: 'warmup', signal },
      );
    },
    dispose: () => queue.close(() => speaker.dispose()),
  };
}

/** Parts of a mel, each told to a refinement on its way to the generator. */
async function* told(
  parts: AsyncIterable<Mel>,
  refinement: MelRefinement,
): AsyncGenerator<Mel, void, undefined> {
  for await (const part of parts) {
    refinement.addMel(part);
    yield part;
  }
}

/** Samples that can be asked for once: they are not kept, so a second time there would be none, without a word. */
function once(samples: AsyncGenerator<Float32Array, void, undefined>): AsyncIterable<Float32Array> {
  let begun = false;
  return {
    [Symbol.asyncIterator]() {
      if (begun) {
        throw new Error(
          'stream: its sound must be iterated once, because it is not kept, and a part of it has been asked for before; keep the samples, or call stream again with the mel from its beginning',
        );
      }
      begun = true;
      return samples;
    },
  };
}

function checkedStream(
  options: StreamOptions,
  after: number,
): { readonly chunkFrames: number; readonly lookAhead: number } {
  const { chunkFrames = STREAM_FRAMES, lookAhead } = options;
  // Types do not have them; who writes JavaScript is told.
  for (const level of ['loudness', 'peak']) {
    if ((options as Readonly<Record<string, unknown>>)[level] === undefined) continue;
    throw new RangeError(
      `stream: ${level} must be left out, because a level is that of the whole, which is not there yet; ask synthesize, or set the level of what comes`,
    );
  }
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
  parts: AsyncIterable<Mel>,
  mels: number,
): AsyncGenerator<Mel, void, undefined> {
  let index = 0;
  for await (const part of parts) {
    // Nothing is a part as well: a source may have nothing to say for a while.
    const nothing = part?.frames === 0 && part.data?.length === 0;
    if (!nothing) {
      checkMel(part, mels, `mels[${index}]`);
      yield part;
    }
    index += 1;
  }
}
