import { type ChildProcess, fork } from 'node:child_process';
import { Interrupted } from '../errors.js';
import { duration } from '../terminal/format.js';
import type { Answers, Question, Reply } from './task.js';

/** A contender that has failed, and why; the others go on. */
export class ContenderFailure extends Error {
  override readonly name = 'ContenderFailure';
}

export interface ContenderProcessOptions {
  /** File that runs the command line. */
  readonly program: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted by Ctrl-C: ends the process at once. */
  readonly signal: AbortSignal;
  /** Seconds that an answer may take. */
  readonly patience: number;
  /** Told what the process says on its way, line by line. */
  readonly onLine: (line: string) => void;
  /** Tells when patience is at an end; the clock's where left out. */
  readonly alarm?: Alarm;
}

/** Calls when so many seconds are over, unless what it returned is called before. */
export type Alarm = (seconds: number, ring: () => void) => () => void;

/** The most that timers take; after a longer time they would ring at once. */
const LONGEST = (2 ** 31 - 1) / 1000;

const clock: Alarm = (seconds, ring) => {
  const timer = setTimeout(ring, Math.min(seconds, LONGEST) * 1000);
  return () => clearTimeout(timer);
};

/** A contender in a process of its own, so that its memory and its start are its own. */
export interface ContenderProcess {
  /** @throws ContenderFailure with what it says, or how it ended; Interrupted after Ctrl-C */
  ask<Q extends Question>(question: Q): Promise<Answers[Q['ask']]>;
  /** Ends it. */
  end(): void;
}

export function startContender(options: ContenderProcessOptions): ContenderProcess {
  const { program, env, signal, patience, alarm = clock } = options;
  const child = fork(program, ['bench-contender'], {
    env,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const messages = listen(child, options);
  let ended: Error | undefined;
  let settle: ((reply: Reply | Error) => void) | undefined;
  const over = (error: Error) => {
    ended ??= error;
    settle?.(ended);
  };
  const end = () => {
    signal.removeEventListener('abort', interrupt);
    // It holds nothing that would have to be put away.
    child.kill('SIGKILL');
  };
  const interrupt = () => {
    over(new Interrupted());
    end();
  };
  signal.addEventListener('abort', interrupt);
  child.on('message', (reply) => settle?.(reply as Reply));
  child.on('error', (error) => over(new ContenderFailure(`cannot be started: ${error.message}`)));
  child.on('close', (code, endedBy) => {
    signal.removeEventListener('abort', interrupt);
    // Ctrl-C in a terminal ends all processes of the group, and this may be seen before our own.
    over(
      endedBy === 'SIGINT'
        ? new Interrupted()
        : new ContenderFailure(howItEnded(code, endedBy, messages)),
    );
  });
  return {
    async ask<Q extends Question>(question: Q) {
      const reply = await new Promise<Reply | Error>((done) => {
        const forget = alarm(patience, () => {
          over(new ContenderFailure(`gave no answer in ${duration(patience)}, and was ended`));
          end();
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
      if ('error' in reply) throw new ContenderFailure(reply.error);
      return reply.answer as Answers[Q['ask']];
    },
    end,
  };
}

const LINES_KEPT = 200;

/** Collects what a process says, and passes the lines on as long as it works. */
function listen(child: ChildProcess, { signal, onLine }: ContenderProcessOptions): string[] {
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
  const reason = lines.find((line) => /out of memory|^FATAL|\bError\b/.test(line)) ?? lines.at(-1);
  const said = reason === undefined ? '' : `: ${reason.replace(/^error: /, '')}`;
  if (signal === null) return `its process ended with code ${code}${said}`;
  const memory =
    signal === 'SIGKILL' && !said ? ', as the system does where memory runs out' : said;
  return `its process was ended by ${signal}${memory}`;
}
