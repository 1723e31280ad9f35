import { onBackends } from '@hifigan/test-backends';
import { generatorGolden } from '../testing/generator-golden.js';

const CASES = ['four-stages', 'odd-rates', 'one-block', 'v1', 'v2', 'v3'];

onBackends(
  (backend) => {
    // A software GPU takes a second to compile a program: the other presets there are a proof.
    const cases = backend === 'hifigan-webgpu' ? ['v3'] : CASES;
    for (const name of cases) generatorGolden(name, { backend });
  },
  { awaitsReads: true },
);
