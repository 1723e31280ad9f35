import { dirname, extname, join } from 'node:path';
import { floatToHalf } from '@hifigan/checkpoint';
import {
  generatorGraph,
  OPSETS,
  onnxPieces,
  readOnnxConfig,
  readOnnxMetadata,
  savedModelPieces,
} from '@hifigan/export';
import { probeFolder } from '@hifigan/train/node';
import { type Bundle, bundleFileNames, cardToMetadata } from '@hifigan/vocoder';
import { type Command, Option } from 'commander';
import { type Context, heedInterrupt, pathOf } from '../context.js';
import { tellRefinement } from '../convert/tell-refinement.js';
import { UsageError, UserError } from '../errors.js';
import { checkWritable } from '../files/check-writable.js';
import { heededPieces } from '../files/heeded-pieces.js';
import { CONFIG_ARGUMENT } from '../files/load-config.js';
import { openSource } from '../files/open-source.js';
import { refuseExisting, writeAtomic } from '../files/write-atomic.js';
import { SAVED_MODEL } from '../model/exported.js';
import { PROFILE_FILE } from '../model/exported-profile.js';
import { listed } from '../model/listed.js';
import { readModel } from '../model/read-model.js';
import { addForceOption, oneOf, wholeNumber } from '../options.js';
import { checkReplaceable, writeWholeFolder } from '../prepare/output-folder.js';
import { byteSize } from '../terminal/format.js';

type Format = 'onnx' | 'savedmodel';

interface Options {
  readonly out: string;
  readonly config?: string;
  readonly format?: Format;
  readonly float16?: boolean;
  readonly opset?: number;
  readonly force?: boolean;
}

/** `hifigan export CHECKPOINT -o OUT`: a generator for other programs. */
export function registerExport(program: Command, context: Context): void {
  addForceOption(
    program
      .command('export')
      .description('checkpoint → ONNX (.onnx) or a TensorFlow SavedModel (folder), weights within')
      .argument('[checkpoint]', 'as --checkpoint of synth; without it the packaged voice')
      .requiredOption('-o, --out <path>', 'file.onnx, or a folder')
      .option(
        '-c, --config <config>',
        `${CONFIG_ARGUMENT}; instead of the config.json beside the checkpoint`,
      )
      .addOption(
        new Option(
          '--format <format>',
          'onnx or savedmodel (default: by the name of --out)',
        ).argParser(oneOf('onnx', 'savedmodel')),
      )
      .option('--float16', 'store weights as float16: half the size; computing stays float32')
      .option(
        '--opset <version>',
        `of ONNX's operators, ${OPSETS.first} to ${OPSETS.last} (default: ${OPSETS.first}, which most programs take)`,
        wholeNumber(1),
      ),
  ).action(async (typed: string | undefined, options: Options) => {
    const { console } = context;
    const format = formatOf(options);
    const target = pathOf(context, options.out);
    if (format === 'onnx') {
      await refuseExisting(target, options.force === true);
      checkWritable([{ path: target, shown: options.out }]);
    } else {
      const force = options.force === true;
      await checkReplaceable({ target, shown: options.out, force, mark: SAVED_MODEL });
      probeFolder(dirname(target), options.out);
    }
    const { located, bundle } = await readModel(context, typed, { config: options.config });
    const work = { bundle, where: located.weights, target, options };
    const exported =
      format === 'onnx' ? exportOnnx(context, work) : exportSavedModel(context, work);
    const bytes = await exported.catch(listed);
    const facts = { format, bytes, weights: options.float16 ? 'float16' : 'float32' };
    tellRefinement(context, bundle.card, { out: options.out, kept: true });
    console.note(
      `${located.shown} → ${options.out}: ${format === 'onnx' ? 'ONNX' : 'TensorFlow SavedModel'}, ${facts.weights} weights, ${byteSize(bytes)}`,
    );
    await console.result(
      console.json ? JSON.stringify({ out: options.out, ...facts }) : options.out,
    );
  });
}

const OTHER_FILES = /\.(pb|pth|pt|ckpt|bin|safetensors|npz|npy|tflite|h5|tar|gz|zip|json)$/i;

/** @throws UsageError where what is wanted does not go together */
function formatOf({ out, format, opset }: Options): Format {
  const named = extname(out).toLowerCase() === '.onnx' ? 'onnx' : 'savedmodel';
  const chosen = format ?? named;
  // A folder may have a dot in its name, but not the ending of a file that somebody waits for.
  if (named === 'savedmodel' && OTHER_FILES.test(out)) {
    throw new UsageError(
      `--out ${out}: must end in .onnx, or be the name of a folder for a SavedModel, because those are what export writes; weights for other programs: hifigan convert`,
    );
  }
  if (chosen !== named) {
    throw new UsageError(
      chosen === 'onnx'
        ? `--out ${out}: must end in .onnx, because that is what it will be; rename it`
        : `--out ${out}: must be a folder, because that is what a SavedModel is; leave .onnx away`,
    );
  }
  if (opset === undefined) return chosen;
  if (chosen === 'savedmodel') {
    throw new UsageError(`--opset ${opset}: is for ONNX alone, and ${out} is not; leave it out`);
  }
  if (opset < OPSETS.first || opset > OPSETS.last) {
    throw new UsageError(
      `--opset ${opset}: must be from ${OPSETS.first} to ${OPSETS.last}; leave it out for ${OPSETS.first}`,
    );
  }
  return chosen;
}

interface Work {
  readonly bundle: Bundle;
  /** The weights, for errors. */
  readonly where: string;
  readonly target: string;
  readonly options: Options;
}

/** @returns bytes written */
async function exportOnnx(
  context: Context,
  { bundle, where, target, options }: Work,
): Promise<number> {
  const { opset, float16 } = options;
  const { config, weights, statistics, profile } = bundle;
  const pieces = onnxPieces(generatorGraph(config, weights, { where, statistics }), {
    opset,
    ...(float16 && { toHalf: floatToHalf }),
    metadata: cardToMetadata(bundle.card),
    profile,
  });
  const { out } = options;
  return writePieces(context, pieces, { path: target, shown: out }, async (draft) => {
    const metadata = await readOnnxMetadata(await openSource(context, draft, out));
    const read = readOnnxConfig(metadata, out);
    if (JSON.stringify(read) !== JSON.stringify(config)) throw notAsWritten(out);
  });
}

/** @returns bytes of the graph */
async function exportSavedModel(
  context: Context,
  { bundle, where, target, options }: Work,
): Promise<number> {
  const { config, weights, statistics } = bundle;
  const graph = generatorGraph(config, weights, { where, statistics });
  const pieces = savedModelPieces(graph, options.float16 ? { toHalf: floatToHalf } : {});
  return writeWholeFolder(
    {
      target,
      shown: options.out,
      force: options.force === true,
      mark: SAVED_MODEL,
      warn: (text) => context.console.warn(text),
    },
    async (draft) => {
      const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
      await writeAtomic(join(draft, bundleFileNames.config), json(config));
      const { profile } = bundle;
      if (profile) await writeAtomic(join(draft, PROFILE_FILE), json(profile));
      if (bundle.card) await writeAtomic(join(draft, bundleFileNames.card), json(bundle.card));
      return writePieces(context, pieces, { path: join(draft, SAVED_MODEL), shown: options.out });
    },
  );
}

/**
 * Writes a file whole or not at all. Disks that lie are found here, not by whoever gets the file: before it takes its
 * name, it is held against the pieces, which are made once more; of a device or pipe nothing is read back.
 *
 * @param look what else to look at in the draft
 * @returns bytes written
 */
async function writePieces(
  context: Context,
  pieces: Iterable<Uint8Array>,
  { path, shown }: { readonly path: string; readonly shown: string },
  look: (draft: string) => Promise<void> = async () => undefined,
): Promise<number> {
  let bytes = 0;
  const heeded = heededPieces(context, pieces, (length) => {
    bytes += length;
  });
  await writeAtomic(path, heeded, async (draft) => {
    const written = await openSource(context, draft, shown);
    if (written.size !== bytes) throw notAsWritten(shown);
    let at = 0;
    for await (const piece of heededPieces(context, pieces)) {
      const read = await written.read(at, at + piece.length);
      if (Buffer.compare(read, piece) !== 0) throw notAsWritten(shown);
      at += piece.length;
    }
    if (at !== bytes) throw notAsWritten(shown);
    await look(draft);
    await heedInterrupt(context);
  });
  return bytes;
}

function notAsWritten(shown: string): UserError {
  return new UserError(`${shown}: is not what was written; check the disk and export it again`);
}
