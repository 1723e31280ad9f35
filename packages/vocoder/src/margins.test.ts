import type { Mel } from '@hifigan/audio';
import type { HifiGanConfig } from '@hifigan/config';
import { receptiveField } from '@hifigan/models';
import { BACKENDS } from '@hifigan/test-backends';
import { difference, expectClose } from '@hifigan/testkit';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { EngineFactory } from './engine.js';
import { piecesOf } from './pieces.js';
import { streamPieces } from './stream-pieces.js';
import { narrowPresets, reachingBundle } from './testing/reaching-bundle.js';
import { randomOf } from './testing/small-bundle.js';
import { tfjsEngine } from './tfjs-engine.js';
import { Vocoder } from './vocoder.js';

/** Positive, and without a pattern. */
const melOf = (frames: number, mels: number): Mel => ({
  data: Float32Array.from({ length: frames * mels }, randomOf(frames)).map((value) => value + 0.5),
  frames,
  mels,
});

const slice = ({ data, mels }: Mel, from: number, to: number): Mel => ({
  data: data.slice(from * mels, to * mels),
  frames: to - from,
  mels,
});

/** In parts of the lengths given, again and again. */
function* partsOf(mel: Mel, lengths: readonly number[]): Generator<Mel> {
  for (let from = 0, i = 0; from < mel.frames; i++) {
    const to = Math.min(mel.frames, from + lengths[i % lengths.length]);
    yield slice(mel, from, to);
    from = to;
  }
}

async function joined(parts: AsyncIterable<Float32Array>): Promise<Float32Array> {
  const all: number[] = [];
  for await (const part of parts) for (const sample of part) all.push(sample);
  return Float32Array.from(all);
}

const peakOf = (audio: Float32Array) => audio.reduce((a, b) => Math.max(a, Math.abs(b)), 0);

/** Of an engine that keeps no state, so that pieces are computed. */
const stateless: EngineFactory = async (bundle, where) => {
  const { openStream: _, ...engine } = await tfjsEngine(bundle, where);
  return engine;
};

/** A voice in which what is furthest away is heard, at half of full scale. */
async function reaching(
  config: HifiGanConfig,
  side: 'before' | 'after',
  mel: Mel,
  engine?: EngineFactory,
): Promise<Vocoder> {
  const faint = await Vocoder.load(await reachingBundle(config, { side, scale: 1e-12 }));
  const peak = peakOf(await faint.synthesize(mel, { chunkFrames: mel.frames }));
  await faint.dispose();
  return Vocoder.load(await reachingBundle(config, { side, scale: 5e-13 / peak }), { engine });
}

// Lengths and weights matter here, not the backend: the quickest that is always there.
describe('the margins of a stream', () => {
  beforeAll(() => BACKENDS.find(({ name }) => name === 'hifigan-wasm')?.activate());

  describe.each(narrowPresets)('of %s', (_, config) => {
    const field = receptiveField(config);
    const { before, after } = field;
    const { num_mels: mels, hop_size: hop } = config;
    const mel = melOf(2 * (before + after) + 3, mels);

    it.each(['before', 'after'] as const)(
      'suffice, and one frame less %s does not',
      async (side) => {
        const vocoder = await reaching(config, side, mel);
        const speak = (piece: Mel) => vocoder.synthesize(piece, { chunkFrames: piece.frames });
        const whole = await speak(mel);
        expect(peakOf(whole)).toBeGreaterThan(0.3);
        const errorOf = async (margins: { readonly before: number; readonly after: number }) => {
          const streamed = await joined(
            streamPieces(
              (async function* () {
                yield mel;
              })(),
              speak,
              { mels, hop, field: margins, chunkFrames: 9, lookAhead: margins.after },
            ),
          );
          const pieces = new Float32Array(whole.length);
          for (const { start, end, from, to } of piecesOf(mel.frames, 9, margins)) {
            const audio = await speak(slice(mel, from, to));
            pieces.set(audio.subarray((start - from) * hop, (end - from) * hop), start * hop);
          }
          return [difference(streamed, whole).max, difference(pieces, whole).max];
        };
        for (const error of await errorOf(field)) expect(error).toBeLessThan(1e-5);
        for (const error of await errorOf({ ...field, [side]: field[side] - 1 })) {
          expect(error).toBeGreaterThan(1e-4);
        }
        await vocoder.dispose();
      },
    );

    it.each([
      ['steps', tfjsEngine],
      ['pieces', stateless],
    ])('make the whole of %s, however it is cut', async (_name, engine) => {
      for (const side of ['before', 'after'] as const) {
        const vocoder = await reaching(config, side, mel, engine);
        const whole = await vocoder.synthesize(mel);
        await fc.assert(
          fc.asyncProperty(
            fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 }),
            fc.integer({ min: 3, max: 40 }),
            async (lengths, chunkFrames) => {
              const parts = partsOf(mel, lengths);
              const streamed = await joined(vocoder.stream(parts, { chunkFrames }));
              expectClose(streamed, whole, { max: 1e-5 }, `${lengths} by ${chunkFrames}`);
            },
          ),
          { numRuns: 3, seed: 11 },
        );
        await vocoder.dispose();
      }
    });
  });
});
