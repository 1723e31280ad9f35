import type { Mel } from '@hifigan/audio';
import { readSafetensors } from '@hifigan/checkpoint';
import { type Bundle, profileOf, writeBundle } from './bundle.js';
import { bundleFileNames } from './bundle-files.js';
import { outputDifference } from './check-golden.js';
import type { EngineFactory } from './engine.js';
import { foldBundle } from './fold-bundle.js';
import { GOLDEN_TOLERANCE, writeGolden } from './golden.js';
import {
  BUNDLE_FORMAT,
  type BundleManifest,
  type FileSeal,
  type OutputDifference,
  type WeightsPrecision,
} from './manifest.js';
import { splitStatistics } from './mel-statistics.js';
import { sealManifest } from './seal-manifest.js';
import { sha256 } from './sha256.js';
import { tfjsEngine } from './tfjs-engine.js';
import { Vocoder } from './vocoder.js';

/** How {@link packBundle} packs. */
export interface PackBundleOptions {
  /** A mel of the model, best some dozens of frames of speech: the golden output comes of it. */
  readonly mel: Mel;
  /** Default float32; float16 halves the size. */
  readonly precision?: WeightsPrecision;
  /** What computes the golden output; tfjs on the backend that is set where left out. */
  readonly engine?: EngineFactory;
  /** What to call the weights in errors. */
  readonly where?: string;
  /**
   * Called, and awaited, between two steps of the work, each of some seconds at most: lets signals and timers in.
   * What it throws ends the work.
   */
  readonly pause?: () => Promise<void>;
}

/** Frames that are spoken between two pauses, where the engine keeps its state: on a slow one they take seconds. */
const STEP = 2;

/** A bundle as it is handed on. */
export interface PackedBundle {
  /** By name; with the manifest. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly manifest: BundleManifest;
}

/**
 * Makes a bundle that proves itself: weight norm multiplied out, the weights read back as they are stored, a golden
 * output of them, and a manifest with the hash of each file. Uses the tfjs backend that is set.
 *
 * @throws StateError where weights and configuration do not belong together, MelError where the mel does not fit,
 * RangeError where a weight is too large for float16 or the output is no sound
 */
export async function packBundle(
  bundle: Bundle,
  {
    mel,
    precision = 'float32',
    engine = tfjsEngine,
    where = 'generator',
    pause = async () => undefined,
  }: PackBundleOptions,
): Promise<PackedBundle> {
  const folded = await foldBundle(bundle, where);
  await pause();
  const written = writeBundle(folded, { precision });
  const { arrays } = readSafetensors(written.generator);
  const stored = { ...folded, ...splitStatistics(arrays, folded.config.num_mels, where) };
  await pause();
  const { audio, description } = await speak(stored, mel, { engine, where, pause });
  const moved =
    precision === 'float16'
      ? outputDifference(audio, (await speak(folded, mel, { engine, where, pause })).audio)
      : undefined;
  // Weights that were halves already lose nothing more: what they lost before, if it is known, is still true.
  const rounding = moved?.max === 0 ? bundle.manifest?.weights.rounding : moved;
  const files = new Map<string, Uint8Array>([
    [bundleFileNames.config, encode(written.config)],
    [bundleFileNames.generator, written.generator],
    ...(written.card === undefined ? [] : [[bundleFileNames.card, encode(written.card)] as const]),
    [bundleFileNames.golden, writeGolden({ mel, audio })],
  ]);
  const manifest = await sealManifest({
    format: BUNDLE_FORMAT,
    weights: { precision, ...(rounding && { rounding: short(rounding) }) },
    mel: profileOf(bundle),
    golden: {
      frames: mel.frames,
      samples: audio.length,
      tolerance: GOLDEN_TOLERANCE[precision],
      engine: description,
    },
    files: await seals(files),
  });
  const text = `${JSON.stringify(manifest, null, 2)}\n`;
  return { files: new Map([[bundleFileNames.manifest, encode(text)], ...files]), manifest };
}

/** Two digits say how much it is. */
function short({ max, mean }: OutputDifference): OutputDifference {
  return { max: Number(max.toPrecision(2)), mean: Number(mean.toPrecision(2)) };
}

async function speak(
  bundle: Bundle,
  mel: Mel,
  { engine, where, pause }: Required<Pick<PackBundleOptions, 'engine' | 'where' | 'pause'>>,
) {
  const made = await engine(bundle, where);
  const vocoder = await Vocoder.load(bundle, { engine: async () => made, where });
  try {
    const parts: Float32Array[] = [];
    // In steps only where they compute nothing twice.
    const chunkFrames = made.openStream ? STEP : mel.frames;
    for await (const part of vocoder.stream([mel], { chunkFrames, refine: 0 })) {
      parts.push(part);
      await pause();
    }
    return { audio: joined(parts), description: vocoder.engine };
  } finally {
    await vocoder.dispose();
  }
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

async function seals(files: ReadonlyMap<string, Uint8Array>): Promise<Record<string, FileSeal>> {
  const sealed = [...files].map(
    async ([name, bytes]) => [name, { bytes: bytes.length, sha256: await sha256(bytes) }] as const,
  );
  return Object.fromEntries(await Promise.all(sealed));
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
