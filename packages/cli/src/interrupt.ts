import { findLauncher, removeUnfinished, savesUnderWay } from '@hifigan/train/node';
import type { Console } from './terminal/console.js';

const AGAIN = 'press Ctrl-C again to end now';

/** What is said at once when Ctrl-C is heard, by verb; where it is empty, nothing. */
const HEARD: Readonly<Record<string, string>> = {
  train: `finishing this step, then saving; ${AGAIN} without saving`,
  prepare: `stopping, and removing the data set that is not whole; ${AGAIN}`,
  bench: `stopping; nothing is written; ${AGAIN}`,
  // Ctrl-C in a terminal reaches these processes too; who started them speaks, and ends them.
  'bench-contender': '',
  'synth-worker': '',
  'eval-worker': '',
  eval: `stopping; ${AGAIN}`,
  mel: `stopping; finished files stay; ${AGAIN}`,
  synth: `stopping; finished files stay; ${AGAIN}`,
};

/** Signals that ask a program to end: Ctrl-C, `kill`, a terminal or connection that is closed. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** What is said by one of many processes: its launcher decides what a second Ctrl-C does. */
const HEARD_BY_RANKS = 'all ranks finish this step, then rank 0 saves';

/**
 * Those that launchers of MPI pass on. At Ctrl-C, Open MPI's mpirun ends its ranks within two seconds; SIGUSR2 it
 * passes on at any time, as srun does.
 */
const LAUNCHED_SIGNALS = [...SIGNALS, 'SIGUSR2'] as const;

type Environment = Readonly<Record<string, string | undefined>>;

/** Ctrl-C and its like, as long as a command runs. */
export interface Interrupt {
  /** Aborted by the first. */
  readonly signal: AbortSignal;
  release(): void;
}

/**
 * The first Ctrl-C asks the work to end well and says that it was heard. The second ends the process at once, or, where
 * something is being saved, when that is done; nothing half written stays.
 *
 * @param verb which words to use
 * @param given instead of the process's signals; then there is no second
 * @param env tells whether this is one of many processes that train together; then there is no second either
 */
export function catchInterrupt(
  console: Console,
  verb: string | undefined,
  given?: AbortSignal,
  env: Environment = {},
): Interrupt {
  const controller = new AbortController();
  const signal = given ?? controller.signal;
  const launched = verb === 'train' && findLauncher(env) !== undefined;
  const say = () => {
    // A bar may stand on the line.
    if (console.animated) console.draw('\r\u001b[2K');
    const words = launched ? HEARD_BY_RANKS : (HEARD[verb ?? ''] ?? `stopping; ${AGAIN}`);
    if (words) console.note(words);
  };
  signal.addEventListener('abort', say, { once: true });
  const forget = () => signal.removeEventListener('abort', say);
  if (given) return { signal: given, release: forget };

  let read = false;
  let ending = false;
  const end = () => {
    console.view([]);
    removeUnfinished();
    process.exit(130);
  };
  const onSignal = () => {
    if (!signal.aborted) {
      controller.abort();
      // What was pressed while a long step let nothing in was pressed before one could read that it was heard.
      setImmediate(() => {
        read = true;
      });
      return;
    }
    if (!read || ending || launched) return;
    ending = true;
    const saving = savesUnderWay();
    if (!saving) return end();
    console.note('what is being saved is saved first; then it ends');
    void saving.then(end);
  };
  const signals = launched ? LAUNCHED_SIGNALS : SIGNALS;
  for (const name of signals) process.on(name, onSignal);
  return {
    signal,
    release() {
      forget();
      for (const name of signals) process.off(name, onSignal);
    },
  };
}
