import { type ChildProcess, fork } from 'node:child_process';
import { Interrupted } from '../errors.js';
import { duration } from '../terminal/format.js';
import { type Reply, TOLD_TO_END } from './answer-questions.js';

/** A process that has failed, and why; others go on. */
export class ProcessFailure extends Error {
  override readonly name = 'ProcessFailure';
}

export interface AskedProcessOptions {
  /** File that runs the command line. */
  readonly program: string;
  /** The hidden verb that answers. */
  readonly verb: string;
  /** Where relative paths begin; where this process stands where left out. */
  readonly cwd?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted by Ctrl-C: ends the process at once. */
  readonly signal: AbortSignal;
  /** Seconds that an answer may take. */
  readonly patience: number;
  /** Told what the process says on its way, line by line. */
  readonly onLine: (line: string) => void;
  /** Told what the process tells on its way to an answer. */
  readonly onNews?: (news: unknown) => void;
  /** Whether it has something to put away when it is ended, such as files that are half written. */
  readonly tidies?: boolean;
  /** Tells when patience is at an end; the clock's where left out. */
  readonly alarm?: Alarm;
}

/** Calls when so many seconds are over, unless what it returned is called before. */
export type Alarm = (seconds: number, ring: () => void) => () => void;

/** The most that timers take; after a longer time they would ring at once. */
const LONGEST = (2 ** 31 - 1) / 1000;

/** Seconds until our own signal is heard, where one went to all processes of a terminal. */
const OWN_SIGNAL = 0.25;

/** Signals that ask a process to end, where it did not catch them. */
const POLITE: readonly (string | null)[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

const clock: Alarm = (seconds, ring) => {
  const timer = setTimeout(ring, Math.min(seconds, LONGEST) * 1000);
  return () => clearTimeout(timer);
};

/**
 * A process of this command line that is asked one thing after the other, so that its memory and its start are its own.
 */
export interface AskedProcess<Question extends { readonly ask: string }, Answers> {
  /** @throws ProcessFailure with what it says, or how it ended; Interrupted after Ctrl-C */
  ask<Q extends Question>(question: Q): Promise<Answers[Q['ask'] & keyof Answers]>;
  /** Whether it can be asked; else it has ended, or is about to. */
  readonly alive: boolean;
  /** Ends it; done when it is gone. */
  end(): Promise<void>;
}

export function startAskedProcess<Question extends { readonly ask: string }, Answers>(
  options: AskedProcessOptions,
): AskedProcess<Question, Answers> {
  const { program, verb, cwd, env, signal, patience, onNews, tidies, alarm = clock } = options;
  const child = fork(program, [verb], {
    env,
    cwd,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const messages = listen(child, options);
  let ended: Error | undefined;
  let answered = false;
  let ending = false;
  const gone = new Promise<void>((done) => {
    // Where this side lets go first, Node tells of no close.
    child.once('exit', () => done());
    child.once('error', () => done());
  });
  let settle: ((reply: Reply<unknown> | Error) => void) | undefined;
  const over = (error: Error) => {
    ended ??= error;
    settle?.(ended);
  };
  const end = () => {
    signal.removeEventListener('abort', interrupt);
    if (ending) return gone;
    ending = true;
    // Whoever has nobody left to answer puts away what it holds, and ends. Before its first answer it holds nothing.
    if (tidies && answered && child.connected) child.disconnect();
    else child.kill('SIGKILL');
    return gone;
  };
  const interrupt = () => {
    over(new Interrupted());
    void end();
  };
  signal.addEventListener('abort', interrupt);
  child.on('message', (reply: Reply<unknown>) => {
    answered = true;
    if ('news' in reply) onNews?.(reply.news);
    else settle?.(reply);
  });
  child.on('error', (error) => over(new ProcessFailure(`cannot be started: ${error.message}`)));
  child.on('close', (code, endedBy) => {
    const tell = () => {
      signal.removeEventListener('abort', interrupt);
      over(new ProcessFailure(howItEnded(code, endedBy, messages)));
    };
    // Ctrl-C in a terminal ends all processes of the group, and this may be seen before our own.
    const toldTo = code === TOLD_TO_END || POLITE.includes(endedBy);
    if (toldTo && !ended) setTimeout(tell, OWN_SIGNAL * 1000);
    else tell();
  });
  return {
    get alive() {
      return ended === undefined && child.exitCode === null && child.signalCode === null;
    },
    async ask<Q extends Question>(question: Q) {
      const reply = await new Promise<Reply<unknown> | Error>((done) => {
        const forget = alarm(patience, () => {
          over(new ProcessFailure(`gave no answer in ${duration(patience)}, and was ended`));
          void end();
        });
        settle = (found) => {
          forget();
          done(found);
        };
        if (ended) settle(ended);
        else if (signal.aborted) interrupt();
        // Where it cannot be sent any more, the process has ended and says so.
        else child.send(question, () => undefined);
      });
      if (reply instanceof Error) throw reply;
      if ('error' in reply) throw new ProcessFailure(reply.error);
      return ('answer' in reply ? reply.answer : undefined) as Answers[Q['ask'] & keyof Answers];
    },
    end,
  };
}

const LINES_KEPT = 200;

/** Collects what a process says, and passes the lines on as long as it works. */
function listen(child: ChildProcess, { signal, onLine }: AskedProcessOptions): string[] {
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    let rest = '';
    stream?.setEncoding('utf8').on('data', (text: string) => {
      const parts = (rest + text).split('\n');
      rest = parts.pop() ?? '';
      for (const line of parts.map((part) => part.trimEnd()).filter(Boolean)) {
        if (lines.length < LINES_KEPT) lines.push(line);
        if (!signal.aborted) onLine(line);
      }
    });
  }
  return lines;
}

function howItEnded(code: number | null, signal: string | null, lines: readonly string[]): string {
  if (code === TOLD_TO_END || POLITE.includes(signal)) {
    return 'its process was told to end by a signal of its own';
  }
  const reason = lines.find((line) => /out of memory|^FATAL|\bError\b/.test(line)) ?? lines.at(-1);
  const said = reason === undefined ? '' : `: ${reason.replace(/^error: /, '')}`;
  if (signal === null) return `its process ended with code ${code}${said}`;
  const memory =
    signal === 'SIGKILL' && !said ? ', as the system does where memory runs out' : said;
  return `its process was ended by ${signal}${memory}`;
}
