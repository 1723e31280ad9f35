import { onBackends } from '@hifigan/test-backends';
import { discriminatorGoldens } from '../discriminator-goldens.js';
import { generatorGolden } from '../generator-golden.js';

// Where the GPU is a program on the processor it takes minutes; V3 alone is in `npm test`.
onBackends(
  (backend) => {
    for (const name of ['v1', 'v2']) generatorGolden(name, { backend, gradients: name !== 'v1' });
    discriminatorGoldens();
  },
  { awaitsReads: true, only: ['hifigan-webgpu'] },
);
