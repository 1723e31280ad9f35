import { Command, CommanderError } from 'commander';
import type { Backend } from './backends/backend.js';
import { allBackends } from './backends/choose.js';
import { cpuBackend } from './backends/cpu.js';
import { wasmBackend } from './backends/wasm.js';
import { webgpuBackend } from './backends/webgpu.js';
import { commands } from './commands/index.js';
import { type Context, userFolder } from './context.js';
import { applyEnvironment } from './environment.js';
import { explain, Interrupted, UsageError } from './errors.js';
import { catchInterrupt } from './interrupt.js';
import { createConsole, type Sink } from './terminal/console.js';
import { writtenOut } from './train/reference-options.js';
import { version } from './version.js';

/** A verb of the program that starts the command line, listed among ours. */
export interface HostVerb {
  readonly name: string;
  readonly description: string;
  /**
   * @param argv what follows the verb; `--json` that was given before it comes first, `help VERB` is `--help`
   * @param signal aborted by Ctrl-C
   * @returns the exit code
   */
  run(argv: readonly string[], signal: AbortSignal): Promise<number>;
}

/** What the program that starts the command line hands it; the process's own where left out. */
export interface Host {
  /** Preferred to the embedded `wasm` and `cpu`, in this order. */
  readonly backends?: readonly Backend[];
  readonly name?: string;
  /** File that runs this command line with the same backends: `bench` starts processes with it. */
  readonly program?: string;
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
  const stdout = host.stdout ?? process.stdout;
  const stderr = host.stderr ?? process.stderr;
  const env = host.env ?? process.env;
  // A reader that has gone away (`| head`, a closed terminal) ends no work: writing a result fails by itself, and
  // an event without a listener would end the process.
  const ignore = () => undefined;
  const deaf = ([process.stdout, process.stderr] as const).filter((stream) =>
    [stdout, stderr].includes(stream),
  );
  for (const stream of deaf) stream.on('error', ignore);
  const end = argv.indexOf('--');
  const json = (end < 0 ? argv : argv.slice(0, end)).includes('--json');
  const console = createConsole({ stdout, stderr, env, json });
  const own = hostCall(argv, host.verbs ?? []);
  const interrupt = catchInterrupt(
    console,
    own?.verb.name ?? argv.find((word) => !word.startsWith('-')),
    host.signal,
    env,
  );
  const endings: ((code: number) => Promise<void>)[] = [];
  const context: Context = {
    backends: allBackends(host.backends ?? [], [wasmBackend, cpuBackend, webgpuBackend]),
    program: host.program,
    console,
    stdin: host.stdin ?? process.stdin,
    env,
    cwd: userFolder(env, host.cwd ?? process.cwd()),
    signal: interrupt.signal,
    now: host.now ?? (() => performance.now()),
    atEnd: (work) => void endings.push(work),
  };
  const outcome = async () => {
    try {
      if (own) return await own.verb.run(own.argv, interrupt.signal);
      return await run(argv, context, {
        name: host.name ?? 'hifigan',
        verbs: host.verbs ?? [],
        stdout,
        stderr,
      });
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
    }
  };
  try {
    let code = await outcome();
    const works = [
      ...endings.map((ending) => () => ending(code)),
      ...context.backends.map((backend) => async () => backend.end?.()),
    ];
    // Each, whatever became of those before: a backend that is not let go of keeps the process.
    for (const work of works) {
      try {
        await work();
      } catch (error) {
        console.error(explain(error));
        code ||= 1;
      }
    }
    return code;
  } finally {
    interrupt.release();
    // The streams tell of the last write a moment later.
    await new Promise((done) => setImmediate(done));
    for (const stream of deaf) stream.off('error', ignore);
  }
}

/** Whether the host's verb is meant, and what it gets. */
function hostCall(
  argv: readonly string[],
  verbs: readonly HostVerb[],
): { readonly verb: HostVerb; readonly argv: readonly string[] } | undefined {
  const at = argv.findIndex((word) => word !== '--json');
  const before = argv.slice(0, Math.max(0, at));
  const [first, ...rest] = argv.slice(before.length);
  const help = first === 'help';
  const verb = verbs.find(({ name }) => name === (help ? rest[0] : first));
  return verb && { verb, argv: help ? ['--help'] : [...before, ...rest] };
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
      code = await work(command.args, context.signal);
    });
  }
  pointToHelp(program);
  try {
    await program.parseAsync(asMeant(argv, program), { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Commander has written the message. Help and version that were asked for are results.
    return error.exitCode === 0 ? 0 : 2;
  }
  return code;
}

/** Names the help of the very verb after an error of its usage. */
function pointToHelp(command: Command, before = ''): void {
  const name = before + command.name();
  command.showHelpAfterError(`(${name} --help tells more)`);
  for (const verb of command.commands) pointToHelp(verb, `${name} `);
}

/** As whoever comes from the reference's trainer means it. */
function asMeant(argv: readonly string[], program: Command): string[] {
  const train = program.commands.find((command) => command.name() === 'train');
  if (argv.find((word) => !word.startsWith('-')) !== train?.name()) return [...argv];
  const options = [...program.options, ...(train?.options ?? [])];
  return writtenOut(
    argv,
    options.flatMap(({ long }) => long ?? []),
  );
}
