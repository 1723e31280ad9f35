import type { RegisterCommand } from './command.js';
import { registerConfig } from './config.js';

/** Every verb, in the order of the help. */
export const commands: readonly RegisterCommand[] = [registerConfig];
