import { runSuitesOn } from '@hifigan/testkit';
import { BACKENDS } from './backends.js';

runSuitesOn(BACKENDS.filter(({ hasKernels }) => hasKernels));
