import type { Command } from 'commander';
import { createContender } from '../bench/answer.js';
import type { Question } from '../bench/task.js';
import type { Context } from '../context.js';
import { answerQuestions } from '../processes/answer-questions.js';

/** `hifigan bench-contender`: what `bench` starts, a process for each contender; they speak by messages. */
export function registerBenchContender(program: Command, context: Context): void {
  program
    .command('bench-contender', { hidden: true })
    .description('a process that bench starts and asks')
    .action(async () => {
      const answer = createContender(context.backends, (text) => context.console.note(text));
      await answerQuestions<Question, unknown>(
        { verb: 'bench-contender', starter: 'bench', signal: context.signal },
        answer,
      );
    });
}
