// A training of its own process that reads with threads: `node child-threads.ts FOLDER ends|throws|exits`.
import * as tf from '@tensorflow/tfjs';
import { runTraining } from '../node/run-training.js';
import { tinyRun } from './tiny-run.js';

const [folder, how] = process.argv.slice(2);
await tf.setBackend('cpu');
const { options } = await tinyRun(folder, { maxSteps: 4, data: { threads: 2 } });
await runTraining({
  ...options,
  reporter: {
    ...options.reporter,
    progress: ({ step }) => {
      if (step < 2 || how === 'ends') return;
      if (how === 'exits') process.exit(3);
      // Of no part of the run.
      setImmediate(() => {
        throw new Error('elsewhere');
      });
    },
  },
});
process.stdout.write('done\n');
