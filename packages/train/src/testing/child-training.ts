import * as tf from '@tensorflow/tfjs';
import { runTraining } from '../node/run-training.js';
import { KILLED_RUN, tinyRun } from './tiny-run.js';

/** What `killed-run.mjs` runs; tells each step on stdout. */
export async function train(folder: string): Promise<void> {
  await tf.setBackend('cpu');
  const { options } = await tinyRun(folder, KILLED_RUN);
  await runTraining({
    ...options,
    reporter: {
      line: () => undefined,
      warn: () => undefined,
      progress: ({ step }) => void process.stdout.write(`step ${step}\n`),
    },
  });
}
