import { readFile, stat } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { floatToHalf } from '@hifigan/checkpoint';
import {
  generatorGraph,
  type OnnxOptions,
  OPSETS,
  readOnnxConfig,
  writeOnnx,
  writeSavedModel,
} from '@hifigan/export';
import { probeFolder } from '@hifigan/train/node';
import { type Bundle, bundleFileNames } from '@hifigan/vocoder';
import { type Command, Option } from 'commander';
import { type Context, pathOf } from '../context.js';
import { refuseStatistics } from '../convert/refuse-statistics.js';
import { UsageError, UserError } from '../errors.js';
import { checkWritable } from '../files/check-writable.js';
import { CONFIG_ARGUMENT } from '../files/load-config.js';
import { refuseExisting, writeAtomic } from '../files/write-atomic.js';
import { SAVED_MODEL } from '../model/exported.js';
import { PROFILE_FILE, PROFILE_KEY } from '../model/exported-profile.js';
import { loadBundle } from '../model/load-bundle.js';
import { locateCheckpoint } from '../model/locate-checkpoint.js';
import { addForceOption, oneOf, wholeNumber } from '../options.js';
import { writeWholeFolder } from '../prepare/output-folder.js';
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
      probeFolder(dirname(target), options.out);
    }
    const located = await locateCheckpoint(context, typed, options.config);
    const bundle = await loadBundle(context, located);
    refuseStatistics(bundle, options.out, 'make a bundle of it with hifigan convert');
    const work = { bundle, where: located.weights, target, options };
    const bytes =
      format === 'onnx' ? await exportOnnx(work) : await exportSavedModel(context, work);
    const facts = { format, bytes, weights: options.float16 ? 'float16' : 'float32' };
    console.note(
      `${located.shown} → ${options.out}: ${format === 'onnx' ? 'ONNX' : 'TensorFlow SavedModel'}, ${facts.weights} weights, ${byteSize(bytes)}`,
    );
    await console.result(
      console.json ? JSON.stringify({ out: options.out, ...facts }) : options.out,
    );
  });
}

/** @throws UsageError where what is wanted does not go together */
function formatOf({ out, format, opset }: Options): Format {
  const named = extname(out).toLowerCase() === '.onnx' ? 'onnx' : 'savedmodel';
  const chosen = format ?? named;
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
async function exportOnnx({ bundle, where, target, options }: Work): Promise<number> {
  const { opset, float16 } = options;
  const bytes = writeOnnx(generatorGraph(bundle.config, bundle.weights, where), {
    opset,
    ...(float16 && { toHalf: floatToHalf }),
    metadata: metadataOf(bundle),
  });
  await writeAtomic(target, bytes);
  const written = await checkWritten(target, bytes, options.out);
  const read = written && readOnnxConfig(written, options.out);
  if (read && JSON.stringify(read) !== JSON.stringify(bundle.config))
    throw notAsWritten(options.out);
  return bytes.length;
}

/** @returns bytes of the graph */
async function exportSavedModel(
  context: Context,
  { bundle, where, target, options }: Work,
): Promise<number> {
  const graph = generatorGraph(bundle.config, bundle.weights, where);
  const bytes = writeSavedModel(graph, options.float16 ? { toHalf: floatToHalf } : {});
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
      await writeAtomic(join(draft, SAVED_MODEL), bytes);
      await writeAtomic(join(draft, bundleFileNames.config), json(bundle.config));
      const { profile } = bundle;
      if (profile) await writeAtomic(join(draft, PROFILE_FILE), json(profile));
      if (bundle.card) await writeAtomic(join(draft, bundleFileNames.card), json(bundle.card));
      await checkWritten(join(draft, SAVED_MODEL), bytes, options.out);
      return bytes.length;
    },
  );
}

/** What a voice says of itself, by the names that vocoders for sherpa-onnx use. */
function metadataOf({ card, profile }: Bundle): OnnxOptions['metadata'] {
  const { name, description, licence, data } = card ?? {};
  const facts = {
    model_filename: name,
    comment: description,
    license: licence,
    dataset: data,
    [PROFILE_KEY]: profile && JSON.stringify(profile),
  };
  return Object.fromEntries(
    Object.entries(facts).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/**
 * Disks that lie are found here, not by whoever gets the file.
 *
 * @returns what was read back; nothing of a device or pipe
 */
async function checkWritten(
  path: string,
  bytes: Uint8Array,
  shown: string,
): Promise<Uint8Array | undefined> {
  if (!(await stat(path)).isFile()) return undefined;
  const written = await readFile(path);
  if (Buffer.compare(written, bytes) !== 0) throw notAsWritten(shown);
  return written;
}

function notAsWritten(shown: string): UserError {
  return new UserError(`${shown}: is not what was written; check the disk and export it again`);
}
