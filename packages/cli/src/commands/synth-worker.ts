import type { Command } from 'commander';
import type { Context } from '../context.js';
import { UsageError } from '../errors.js';
import { answerQuestions } from '../processes/answer-questions.js';
import { FileSpeaker } from '../synth/speak-file.js';
import type { WorkerAnswers, WorkerNews, WorkerQuestion } from '../synth/worker-task.js';

/** `hifigan synth-worker`: what `synth --workers` starts; they speak by messages. */
export function registerSynthWorker(program: Command, context: Context): void {
  program
    .command('synth-worker', { hidden: true })
    .description('a process that synth starts and asks')
    .action(async () => {
      let speaker: FileSpeaker | undefined;
      type Answer = WorkerAnswers[keyof WorkerAnswers];
      await answerQuestions<WorkerQuestion, Answer>(
        { verb: 'synth-worker', starter: 'synth --workers', signal: context.signal },
        async (question, tell) => {
          if (question.ask === 'start') {
            speaker = await FileSpeaker.open(context, question.options);
            return speaker.about;
          }
          if (!speaker) throw new UsageError('synth-worker: must be started before it is asked');
          if (question.ask === 'finish') {
            await speaker.end();
            return null;
          }
          return speaker.speak(question.job, async (share, seconds) => {
            const news: WorkerNews = { share: Number.isNaN(share) ? null : share, seconds };
            tell(news);
          });
        },
      );
    });
}
