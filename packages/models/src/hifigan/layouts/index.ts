import { coqui } from './coqui.js';
import { espnet } from './espnet.js';
import type { Layout, LayoutName } from './layout.js';
import { nemo } from './nemo.js';
import { parallelWaveGan } from './parallel-wavegan.js';
import { reference } from './reference.js';
import { transformers } from './transformers.js';

/** Every layout by its name. */
export const layouts: Readonly<Record<LayoutName, Layout>> = {
  reference,
  transformers,
  'parallel-wavegan': parallelWaveGan,
  espnet,
  coqui,
  nemo,
};
