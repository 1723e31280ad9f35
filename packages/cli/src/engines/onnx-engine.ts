import { createRequire } from 'node:module';
import type { HifiGanConfig } from '@hifigan/config';
import { type Engine, melToArray } from '@hifigan/vocoder';
import type { Computer } from '../bench/task.js';
import { UserError } from '../errors.js';

/** What we use of an onnxruntime. */
interface Onnxruntime {
  readonly InferenceSession: {
    create(path: string, options: Readonly<Record<string, unknown>>): Promise<Session>;
  };
  readonly Tensor: new (type: 'float32', data: Float32Array, shape: readonly number[]) => unknown;
  readonly env?: {
    readonly versions?: Readonly<Record<string, string>>;
    readonly wasm?: { numThreads?: number };
  };
}

interface Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /** Newer versions have it. */
  readonly inputMetadata?: readonly {
    readonly type?: string;
    readonly shape?: readonly (number | string)[];
  }[];
  run(
    feeds: Readonly<Record<string, unknown>>,
  ): Promise<Readonly<Record<string, { readonly data: Float32Array }>>>;
  /** Frees it. */
  release?(): Promise<void>;
}

/** A generator in a file on an onnxruntime. */
export interface OnnxEngine extends Engine {
  readonly version?: string;
  /** The only length that the file takes. */
  readonly fixedFrames?: number;
}

/**
 * Loads an exported generator: one input, float32 `[1, num_mels, frames]`, one output of frames × hop_size samples.
 *
 * @throws UserError naming the file where it is none, or is not of this configuration
 */
export async function onnxEngine(
  { library, from, file, shown }: Extract<Computer, { kind: 'onnx' }>,
  { config, threads }: { readonly config: HifiGanConfig; readonly threads: number },
): Promise<OnnxEngine> {
  const runtime = createRequire(from)(library) as Onnxruntime;
  const native = library === 'onnxruntime-node';
  if (!native && runtime.env?.wasm) runtime.env.wasm.numThreads = threads;
  const session = await runtime.InferenceSession.create(file, {
    executionProviders: [native ? 'cpu' : 'wasm'],
    intraOpNumThreads: threads,
  }).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(`${shown}: ${library} cannot load it: ${reason}`);
  });
  const fixedFrames = framesOf(session, config.num_mels, shown);
  const [input] = session.inputNames;
  const [output] = session.outputNames;
  return {
    description: library,
    version: runtime.env?.versions?.common ?? runtime.env?.versions?.node,
    fixedFrames,
    async generate(mel) {
      if (fixedFrames !== undefined && mel.frames !== fixedFrames) {
        throw new UserError(
          `${shown}: takes ${fixedFrames} frames and no other number, and these are ${mel.frames}; export it with any: hifigan export`,
        );
      }
      const { shape, data } = melToArray(mel);
      const feeds = { [input]: new runtime.Tensor('float32', data, [1, ...shape]) };
      const audio = (await session.run(feeds))[output].data;
      const wanted = mel.frames * config.hop_size;
      if (audio.length !== wanted) {
        throw new UserError(
          `${shown}: makes ${audio.length} samples of ${mel.frames} frames and must make ${wanted}, because its ` +
            `configuration has hop_size ${config.hop_size}; say which it belongs to: --exported CONFIG=FILE`,
        );
      }
      return audio;
    },
    // It cannot be waited for, and nothing depends on it.
    dispose: () => void session.release?.().catch(() => undefined),
  };
}

/** @returns the length that the file is bound to, if it is */
function framesOf(session: Session, mels: number, shown: string): number | undefined {
  const wanted = `must have one input, float32 [1, ${mels}, frames], because that is a mel`;
  if (session.inputNames.length !== 1) {
    throw new UserError(`${shown}: inputs=${session.inputNames.join(', ')} ${wanted}`);
  }
  const { type, shape } = session.inputMetadata?.[0] ?? {};
  if (shape === undefined) return undefined;
  const fits = (size: number | string, value: number) => typeof size !== 'number' || size === value;
  // Some versions write what is not fixed as -1.
  const open = (size: number | string) => (size === -1 ? '' : size);
  const [batch, bands, frames] = shape.map(open);
  if (type !== 'float32' || shape.length !== 3 || !fits(batch, 1) || !fits(bands, mels)) {
    throw new UserError(
      `${shown}: input ${type} [${shape.join(', ')}] ${wanted}; export the generator that way, or say which ` +
        'configuration it belongs to: --exported CONFIG=FILE',
    );
  }
  return typeof frames === 'number' ? frames : undefined;
}
