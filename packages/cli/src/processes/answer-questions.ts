import { removeUnfinished } from '@hifigan/train/node';
import { explain, UsageError } from '../errors.js';

/** What a process that is asked sends: an answer, an error, or news on the way to one. */
export type Reply<Answer> =
  | { readonly answer: Answer }
  | { readonly error: string }
  | { readonly news: unknown };

/**
 * Answers the process that started this one until that has no more questions.
 *
 * @param verb of this process, for whoever calls it by hand
 * @param starter the verb that starts it
 * @throws UsageError where nobody asks
 */
export async function answerQuestions<Question, Answer>(
  { verb, starter }: { readonly verb: string; readonly starter: string },
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
  process.on('disconnect', () => {
    removeUnfinished();
    // Libraries may have threads that keep a process alive; nobody is left to ask.
    process.exit();
  });
  return new Promise<never>(() => undefined);
}
