import type { Command } from 'commander';
import type { Context } from '../context.js';
import { UsageError } from '../errors.js';
import { ItemJudge } from '../eval/item-judge.js';
import type { JudgeAnswers, JudgeQuestion } from '../eval/judging-lanes.js';
import { answerQuestions } from '../processes/answer-questions.js';

/** `hifigan eval-worker`: what `eval --workers` starts; they speak by messages. */
export function registerEvalWorker(program: Command, context: Context): void {
  program
    .command('eval-worker', { hidden: true })
    .description('a process that eval starts and asks')
    .action(async () => {
      let judge: ItemJudge | undefined;
      await answerQuestions<JudgeQuestion, JudgeAnswers[keyof JudgeAnswers]>(
        { verb: 'eval-worker', starter: 'eval --workers', signal: context.signal },
        async (question, tell) => {
          if (question.ask === 'start') {
            judge = await ItemJudge.open(context, question.options);
            return null;
          }
          if (!judge) throw new UsageError('eval-worker: must be started before it is asked');
          if (question.ask === 'finish') {
            await judge.end();
            return null;
          }
          return judge.judge(question.item, async (share) => tell(share));
        },
      );
    });
}
