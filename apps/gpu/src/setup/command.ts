import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { cacheFolder } from '@hifigan/backend-tensorflow/node';
import { userFolder } from '@hifigan/cli';
import { FolderError, LockHeldError, WriteError } from '@hifigan/train/node';
import { type SetupReport, setup } from './setup.js';
import { SetupError } from './setup-error.js';

const USAGE = `hifigan-gpu setup: builds what the backend "tensorflow" needs, in a cache of its own

  --tensorflow PATH  use this installed TensorFlow (a wheel's folder "tensorflow")
  --cpu, --cuda      fetch TensorFlow for this kind of device from the Python package index
  --force            do everything again
  --json             print one object on the standard output
  --help             print this

Without --tensorflow, --cpu or --cuda: the active Python's TensorFlow where it has a recent one, else
one is fetched, for CUDA where an NVIDIA GPU is seen. The cache: HIFIGAN_CACHE, else ~/.cache/hifigan.
`;

/** Errors that say what to do; of all others, the stack is wanted. */
const PLAIN = [SetupError, FolderError, WriteError, LockHeldError];

const DONE = 0;
const FAILED = 1;
const WRONG_USAGE = 2;
const INTERRUPTED = 130;

/**
 * The verb `setup`.
 *
 * @param argv what follows the verb
 * @param signal aborted by Ctrl-C
 * @returns the exit code
 */
export async function setupCommand(argv: readonly string[], signal: AbortSignal): Promise<number> {
  let values: ReturnType<typeof parse>;
  try {
    values = parse(argv);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
    return WRONG_USAGE;
  }
  const { tensorflow, cpu, cuda, force, json, help } = values;
  if (help) {
    process.stdout.write(USAGE);
    return DONE;
  }
  if ([tensorflow !== undefined, cpu, cuda].filter(Boolean).length > 1) {
    process.stderr.write(`only one of --tensorflow, --cpu and --cuda can be given\n\n${USAGE}`);
    return WRONG_USAGE;
  }

  try {
    const report = await setup({
      cache: cacheFolder(),
      tensorflow:
        tensorflow === undefined
          ? undefined
          : resolve(userFolder(process.env, process.cwd()), tensorflow),
      kind: cpu ? 'cpu' : cuda ? 'cuda' : undefined,
      force,
      signal,
      log: (message) => process.stderr.write(`${message}\n`),
    });
    process.stdout.write(json ? `${JSON.stringify(report)}\n` : summary(report));
    return DONE;
  } catch (error) {
    if (isAbort(error)) {
      process.stderr.write('interrupted; finished stages are kept, and setup goes on from there\n');
      return INTERRUPTED;
    }
    if (!PLAIN.some((kind) => error instanceof kind)) throw error;
    process.stderr.write(`${(error as Error).message}\n`);
    return FAILED;
  }
}

function parse(argv: readonly string[]) {
  const flag = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({
    args: [...argv],
    options: {
      tensorflow: { type: 'string' },
      cpu: flag,
      cuda: flag,
      force: flag,
      json: flag,
      help: { ...flag, short: 'h' },
    },
  });
  return values;
}

/** What ends a command that the signal of its setup has aborted. */
function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

function summary({ tensorflow, addon, registration }: SetupReport): string {
  const { device, kernels, refused } = registration;
  const lines = [
    `TensorFlow ${tensorflow.version} on the ${device}: ${tensorflow.folder}`,
    `addon: ${addon}`,
    `kernels: ${kernels.join(', ')}`,
    ...refused.map(({ kernel, reason }) => `not ${kernel} (the composite runs instead): ${reason}`),
  ];
  return `${lines.join('\n')}\n`;
}
