import { registerBench } from './bench.js';
import { registerBenchContender } from './bench-contender.js';
import type { RegisterCommand } from './command.js';
import { registerConfig } from './config.js';
import { registerConvert } from './convert.js';
import { registerDemo } from './demo.js';
import { registerDoctor } from './doctor.js';
import { registerEval } from './eval.js';
import { registerEvalWorker } from './eval-worker.js';
import { registerExport } from './export.js';
import { registerInfo } from './info.js';
import { registerMel } from './mel.js';
import { registerPack } from './pack.js';
import { registerPrepare } from './prepare.js';
import { registerReport } from './report.js';
import { registerSynth } from './synth.js';
import { registerSynthWorker } from './synth-worker.js';
import { registerTrain } from './train.js';

/** Every verb, in the order of the help. */
export const commands: readonly RegisterCommand[] = [
  registerPrepare,
  registerMel,
  registerTrain,
  registerReport,
  registerSynth,
  registerEval,
  registerPack,
  registerConvert,
  registerExport,
  registerInfo,
  registerBench,
  registerConfig,
  registerDoctor,
  registerDemo,
  registerBenchContender,
  registerSynthWorker,
  registerEvalWorker,
];
