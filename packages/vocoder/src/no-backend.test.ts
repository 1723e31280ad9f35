import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { smallBundle } from './testing/small-bundle.js';
import { Vocoder } from './vocoder.js';

it('tells who loads a voice before a backend what to do first', async () => {
  await tf.setBackend('cpu');
  const bundle = await smallBundle();
  for (const name of Object.keys(tf.engine().registryFactory)) tf.removeBackend(name);
  await expect(Vocoder.load(bundle)).rejects.toThrow(
    /^Vocoder\.load: tfjs has no backend to compute with; register one first, such as .*registerWasmBackend/,
  );
});
