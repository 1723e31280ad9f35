import type { Command } from 'commander';
import { createContender } from '../bench/answer.js';
import type { Question, Reply } from '../bench/task.js';
import type { Context } from '../context.js';
import { explain, UsageError } from '../errors.js';

/** `hifigan bench-contender`: what `bench` starts, a process for each contender; they speak by messages. */
export function registerBenchContender(program: Command, context: Context): void {
  program
    .command('bench-contender', { hidden: true })
    .description('a process that bench starts and asks')
    .action(async () => {
      if (!process.send || !process.connected) {
        throw new UsageError('bench-contender: is started by bench alone; give bench instead');
      }
      const answer = createContender(context.backends, (text) => context.console.note(text));
      process.on('message', async (question) => {
        const reply: Reply = await answer(question as Question).then(
          (found) => ({ answer: found }),
          (error: unknown) => ({ error: explain(error) }),
        );
        if (process.connected) process.send?.(reply);
      });
      // Libraries may have threads that keep a process alive; nobody is left to ask.
      process.on('disconnect', () => process.exit());
      await new Promise<never>(() => undefined);
    });
}
