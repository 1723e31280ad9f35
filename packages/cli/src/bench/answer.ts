import { readFile } from 'node:fs/promises';
import type { Mel } from '@hifigan/audio';
import { readSafetensors } from '@hifigan/checkpoint';
import type { HifiGanConfig } from '@hifigan/config';
import { receptiveField } from '@hifigan/models';
import { isOutOfMemory } from '@hifigan/ops';
import { type Engine, Vocoder } from '@hifigan/vocoder';
import type { Backend } from '../backends/backend.js';
import { onnxEngine } from '../engines/onnx-engine.js';
import { UsageError, UserError } from '../errors.js';
import type { Timing } from './interleave.js';
import { peakMemory } from './peak-memory.js';
import { randomWeights } from './random-weights.js';
import { seededRandom } from './seeded-random.js';
import type { Answers, Question, Started, Task } from './task.js';
import { timed } from './timed.js';

/**
 * A contender: answers questions, `start` first.
 *
 * @param onWarning told what is odd about the backend that computes
 */
export function createContender(
  backends: readonly Backend[],
  onWarning: (text: string) => void,
): (question: Question) => Promise<Answers[Question['ask']]> {
  let vocoder: Vocoder | undefined;
  const ready = () => {
    if (!vocoder) throw new UsageError('bench-contender: must be started before it is asked');
    return vocoder;
  };
  return async (question) => {
    switch (question.ask) {
      case 'start': {
        const started = await start(backends, question.task, onWarning);
        vocoder = started.vocoder;
        return started.answer;
      }
      case 'run':
        return run(ready(), question.frames);
      case 'begin':
        return begin(ready(), question.frames);
      case 'memory':
        return { peakBytes: peakMemory() };
    }
  };
}

async function start(
  backends: readonly Backend[],
  { computer, threads, config }: Task,
  onWarning: (text: string) => void,
): Promise<{ readonly vocoder: Vocoder; readonly answer: Started }> {
  const framesAfter = receptiveField(config).after;
  const begun = performance.now();
  const since = (moment: number) => (performance.now() - moment) / 1000;
  if (computer.kind === 'onnx') {
    const engine = await onnxEngine(computer, {
      ...{ config, threads, chooseConfig: '--exported CONFIG=FILE' },
    });
    const vocoder = await Vocoder.load(
      { config, weights: new Map(), notices: [] },
      { engine: async () => engine },
    );
    const { fixedFrames, version } = engine;
    return { vocoder, answer: { wall: since(begun), fixedFrames, version, framesAfter } };
  }
  const backend = backends.find(({ name }) => name === computer.backend);
  if (!backend) throw new UsageError(`bench-contender: there is no backend ${computer.backend}`);
  await backend.activate({ threads, onWarning });
  const activated = since(begun);
  if (computer.kind === 'savedmodel') {
    const engine = await savedModelOn(backend, computer, config);
    const vocoder = await Vocoder.load(
      { config, weights: new Map(), notices: [] },
      { engine: async () => engine },
    );
    const device = await backend.device?.();
    return { vocoder, answer: { wall: since(begun), device, framesAfter } };
  }
  const weights = await weightsOf(computer.weights, config);
  const loading = performance.now();
  const where = computer.weights ?? 'random weights';
  const engine = backend.engine?.(onWarning);
  const vocoder = await Vocoder.load({ config, weights, notices: [] }, { where, engine });
  const device = await backend.device?.();
  return { vocoder, answer: { wall: activated + since(loading), device, framesAfter } };
}

/** @throws UserError naming the folder */
async function savedModelOn(
  backend: Backend,
  { folder, shown }: Extract<Task['computer'], { kind: 'savedmodel' }>,
  config: HifiGanConfig,
): Promise<Engine> {
  if (!backend.openSavedModel) throw new UsageError(`bench-contender: ${backend.name} takes none`);
  try {
    return await backend.openSavedModel(folder, config);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(`${shown}: ${backend.name} cannot load it: ${reason}`, { cause: error });
  }
}

async function weightsOf(file: string | undefined, config: HifiGanConfig) {
  return file === undefined
    ? randomWeights(config)
    : readSafetensors(await readFile(file), file).arrays;
}

async function run(vocoder: Vocoder, frames: number): Promise<Timing> {
  const mel = noise(vocoder.config, frames);
  return timed(() => vocoder.synthesize(mel, { chunkFrames: frames })).catch(tellMemory(frames));
}

/** From a mel that is all there to the first samples of a stream, which is then left. */
async function begin(vocoder: Vocoder, frames: number): Promise<Timing> {
  // Whole pieces, as many as the first depends on.
  const pieces = 1 + Math.ceil(receptiveField(vocoder.config).after / frames);
  const mel = noise(vocoder.config, pieces * frames);
  const stream = vocoder.stream([mel], { chunkFrames: frames })[Symbol.asyncIterator]();
  try {
    return await timed(() => stream.next()).catch(tellMemory(frames));
  } finally {
    await stream.return?.();
  }
}

/** What to do about memory here differs from what backends advise. */
function tellMemory(frames: number): (error: unknown) => never {
  return (error) => {
    if (!isOutOfMemory(error)) throw error;
    throw new UserError(
      `memory ran out at ${frames} frames at once; give fewer (--frames, --chunk-frames), or take another --backend`,
      { cause: error },
    );
  };
}

/** A mel of nothing, between silence and loud: the work does not depend on what is said. */
function noise({ num_mels: mels }: HifiGanConfig, frames: number): Mel {
  const random = seededRandom(frames);
  return {
    data: Float32Array.from({ length: frames * mels }, () => 1 - 10 * random()),
    frames,
    mels,
  };
}
