import { Command, CommanderError } from 'commander';
import type { Backend } from './backends/backend.js';
import { allBackends } from './backends/choose.js';
import { cpuBackend } from './backends/cpu.js';
import { wasmBackend } from './backends/wasm.js';
import { commands } from './commands/index.js';
import { type Context, userFolder } from './context.js';
import { applyEnvironment } from './environment.js';
import { explain, Interrupted, UsageError } from './errors.js';
import { removeUnfinished } from './files/unfinished.js';
import { createConsole, type Sink } from './terminal/console.js';
import { version } from './version.js';

/** A verb of the program that starts the command line, listed among ours. */
export interface HostVerb {
  readonly name: string;
  readonly description: string;
  /**
   * @param argv what follows the verb
   * @returns the exit code
   */
  run(argv: readonly string[]): Promise<number>;
}

/** What the program that starts the command line hands it; the process's own where left out. */
export interface Host {
  /** Preferred to the embedded `wasm` and `cpu`, in this order. */
  readonly backends?: readonly Backend[];
  readonly name?: string;
  /** Its own verbs, which get what follows them as it is. */
  readonly verbs?: readonly HostVerb[];
  readonly stdin?: NodeJS.ReadableStream;
  readonly stdout?: Sink;
  readonly stderr?: Sink;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** Instead of Ctrl-C. */
  readonly signal?: AbortSignal;
  readonly now?: () => number;
}

/**
 * The command line: `main(['mel', 'a.wav', '-o', 'a.npy'])`.
 *
 * @param argv what follows the program's name
 * @returns the exit code: 0 done, 1 failed, 2 wrong usage, 130 interrupted. Never throws, never exits by itself
 */
export async function main(argv: readonly string[], host: Host = {}): Promise<number> {
  const own = host.verbs?.find(({ name }) => name === argv[0]);
  if (own) return own.run(argv.slice(1));
  const stdout = host.stdout ?? process.stdout;
  const stderr = host.stderr ?? process.stderr;
  const env = host.env ?? process.env;
  // A reader that has gone away (`| head`) is reported by the write itself; unheard, the event would end the process.
  const ignore = () => undefined;
  if (stdout === process.stdout) process.stdout.on('error', ignore);
  const interrupt = catchInterrupt(host.signal);
  const end = argv.indexOf('--');
  const json = (end < 0 ? argv : argv.slice(0, end)).includes('--json');
  const console = createConsole({ stdout, stderr, env, json });
  const context: Context = {
    backends: allBackends(host.backends ?? [], [wasmBackend, cpuBackend]),
    console,
    stdin: host.stdin ?? process.stdin,
    env,
    cwd: userFolder(env, host.cwd ?? process.cwd()),
    signal: interrupt.signal,
    now: host.now ?? (() => performance.now()),
  };
  try {
    const failed = await run(argv, context, {
      name: host.name ?? 'hifigan',
      verbs: host.verbs ?? [],
      stdout,
      stderr,
    });
    return failed;
  } catch (error) {
    // Only where the work ended well: what fails after Ctrl-C, such as the last save, is a failure.
    if (error instanceof Interrupted) {
      console.error(error.message);
      return 130;
    }
    // The reader of a pipe has had enough.
    if ((error as NodeJS.ErrnoException).code === 'EPIPE') return 0;
    console.error(explain(error));
    if (env.HIFIGAN_DEBUG && error instanceof Error) console.note(String(error.stack));
    return error instanceof UsageError ? 2 : 1;
  } finally {
    interrupt.release();
    if (stdout === process.stdout) process.stdout.off('error', ignore);
  }
}

async function run(
  argv: readonly string[],
  context: Context,
  {
    name,
    verbs,
    stdout,
    stderr,
  }: { name: string; verbs: readonly HostVerb[]; stdout: Sink; stderr: Sink },
): Promise<number> {
  let code = 0;
  const program = new Command(name)
    .description('HiFi-GAN: mel spectrograms to speech')
    .version(version)
    .option('--json', 'one JSON object as the result')
    .showHelpAfterError(`(${name} --help tells more)`)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(text),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
      getErrHelpWidth: () => stderr.columns ?? 100,
      getOutHelpWidth: () => stdout.columns ?? 100,
    })
    .hook('preAction', (_, action) => applyEnvironment(action, context.env));
  for (const register of commands) {
    register(program, context, (exitCode) => {
      code = exitCode;
    });
  }
  for (const { name: verb, description, run: work } of verbs) {
    const command = program.command(verb).description(description).argument('[options...]');
    command.helpOption(false).allowUnknownOption();
    command.action(async () => {
      code = await work(command.args);
    });
  }
  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Commander has written the message. Help and version that were asked for are results.
    return error.exitCode === 0 ? 0 : 2;
  }
  return code;
}

/** The first Ctrl-C asks the work to end well, the second ends the process at once. */
function catchInterrupt(given: AbortSignal | undefined) {
  if (given) return { signal: given, release: () => undefined };
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) {
      removeUnfinished();
      process.exit(130);
    }
    controller.abort();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  return {
    signal: controller.signal,
    release: () => void process.off('SIGINT', onSignal).off('SIGTERM', onSignal),
  };
}
