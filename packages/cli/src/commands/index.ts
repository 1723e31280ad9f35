import type { RegisterCommand } from './command.js';
import { registerConfig } from './config.js';
import { registerMel } from './mel.js';
import { registerPrepare } from './prepare.js';
import { registerTrain } from './train.js';

/** Every verb, in the order of the help. */
export const commands: readonly RegisterCommand[] = [
  registerPrepare,
  registerMel,
  registerTrain,
  registerConfig,
];
