import { createLiveLines, type LiveLine } from './live-lines.js';

/** A stream that text and bytes go to. */
export interface Sink {
  write(chunk: string | Uint8Array, done?: (error?: Error | null) => void): unknown;
  readonly isTTY?: boolean;
  /** Of a terminal, now. */
  readonly columns?: number;
  readonly rows?: number;
  on?(event: 'resize', listener: () => void): unknown;
  off?(event: 'resize', listener: () => void): unknown;
}

/** Result on one stream, everything else on the other. */
export interface Console {
  /** One JSON object instead of text. */
  readonly json: boolean;
  /** Whether lines of stderr may be drawn over. */
  readonly animated: boolean;
  readonly columns: number;
  /**
   * The result: text gets a line end, bytes do not. Resolves when it has been taken. @throws where it cannot be written
   */
  result(content: string | Uint8Array): Promise<void>;
  /** A line for people, on stderr. */
  note(line: string): void;
  /** A line that says something is odd; on stderr. */
  warn(line: string): void;
  /** An error; on stderr. */
  error(line: string): void;
  /** Raw text on stderr, for progress. */
  draw(text: string): void;
  /** Lines below all others on stderr, drawn over each time; none takes them away. On a terminal only. */
  view(lines: readonly LiveLine[]): void;
  readonly paint: Paint;
  /** From now on another process speaks for this one: it only warns and tells errors, each with its name. */
  follow(name: string): void;
}

/** Drawn, it empties the line that the cursor is on. */
export const WIPE = '\r\u001b[2K';

/** Colours where the terminal has them. */
export interface Paint {
  strong(text: string): string;
  faint(text: string): string;
  good(text: string): string;
  bad(text: string): string;
  odd(text: string): string;
}

export interface ConsoleOptions {
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly json: boolean;
}

/** A console on two streams. Colours and animation only on a terminal, and none with NO_COLOR or TERM=dumb. */
export function createConsole({ stdout, stderr, env, json }: ConsoleOptions): Console {
  const terminal = stderr.isTTY === true && env.TERM !== 'dumb';
  // https://no-color.org: present and not empty.
  const coloured = terminal && !env.NO_COLOR;
  const code = (number: number) => (text: string) =>
    coloured ? `\u001b[${number}m${text}\u001b[0m` : text;
  const paint = { strong: code(1), faint: code(2), good: code(32), bad: code(31), odd: code(33) };
  // A bar may stand on the line; whoever drew it draws it anew.
  let drawn = false;
  const live = createLiveLines(stderr, paint);
  let follower: string | undefined;
  const line = (text: string) => {
    const name = follower === undefined ? '' : `${follower}: `;
    live.around(() => void stderr.write(`${drawn ? WIPE : ''}${name}${text}\n`));
    drawn = false;
  };
  return {
    json,
    paint,
    animated: terminal,
    get columns() {
      return stderr.columns ?? 80;
    },
    result: (content) =>
      new Promise((done, failed) => {
        if (follower !== undefined) return done();
        const chunk = typeof content === 'string' ? `${content}\n` : content;
        const write = () => void stdout.write(chunk, (error) => (error ? failed(error) : done()));
        // On one terminal, both streams meet.
        if (stdout.isTTY) live.around(write);
        else write();
      }),
    note: (text) => {
      if (follower === undefined) line(text);
    },
    warn: (text) => line(`${paint.odd('note:')} ${text}`),
    error: (text) => line(`${paint.bad('error:')} ${text}`),
    draw: (text) => {
      if (follower !== undefined) return;
      drawn = text !== WIPE;
      stderr.write(text);
    },
    view: (lines) => {
      if (terminal && follower === undefined) live.show(lines);
    },
    follow: (name) => {
      follower = name;
    },
  };
}
