import { removeUnfinished } from '@hifigan/train/node';
import { explain, UsageError } from '../errors.js';

/** Exit code of a process that a signal has told to end. */
export const TOLD_TO_END = 130;

/** What a process that is asked sends: an answer, an error, or news on the way to one. */
export type Reply<Answer> =
  | { readonly answer: Answer }
  | { readonly error: string }
  | { readonly news: unknown };

/**
 * Answers the process that started this one until that has no more questions. A signal to this process ends it with
 * {@link TOLD_TO_END}: whoever asks must not take what it can no longer do for answers.
 *
 * @param verb of this process, for whoever calls it by hand
 * @param starter the verb that starts it
 * @param signal aborted by a signal to this process
 * @throws UsageError where nobody asks
 */
export async function answerQuestions<Question, Answer>(
  {
    verb,
    starter,
    signal,
  }: { readonly verb: string; readonly starter: string; readonly signal: AbortSignal },
  answer: (question: Question, tell: (news: unknown) => void) => Promise<Answer>,
): Promise<never> {
  if (!process.send || !process.connected) {
    throw new UsageError(`${verb}: is started by ${starter} alone; give ${starter} instead`);
  }
  const send = (reply: Reply<Answer>) => {
    // Where it cannot be sent any more, nobody waits for it.
    if (process.connected) process.send?.(reply, undefined, undefined, () => undefined);
  };
  process.on('message', async (question) => {
    send(
      await answer(question as Question, (news) => send({ news })).then(
        (found) => ({ answer: found }),
        (error: unknown) => ({ error: explain(error) }),
      ),
    );
  });
  const end = (code: number) => {
    removeUnfinished();
    // Libraries may have threads that keep a process alive.
    process.exit(code);
  };
  // Nobody is left to ask.
  process.on('disconnect', () => end(0));
  if (signal.aborted) end(TOLD_TO_END);
  signal.addEventListener('abort', () => end(TOLD_TO_END));
  return new Promise<never>(() => undefined);
}
