import { onBackends } from '@hifigan/test-backends';
import { discriminatorGoldens } from '../testing/discriminator-goldens.js';

onBackends(discriminatorGoldens);
