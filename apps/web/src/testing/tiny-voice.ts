import { writeSafetensors } from '@hifigan/checkpoint';
import { type HifiGanConfig, presets } from '@hifigan/config';
import { tinyConfig } from '@hifigan/testkit';
import { exportTrainer, Trainer } from '@hifigan/train';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';

/** A voice of 12 bands that knows nothing, as files. */
export async function tinyVoice(): Promise<Record<string, Uint8Array>> {
  await tf.setBackend('cpu');
  const config: HifiGanConfig = { ...presets.v1, ...tinyConfig };
  const trainer = new Trainer({ config });
  const { generator } = await exportTrainer(trainer);
  trainer.dispose();
  return {
    'tiny.safetensors': writeSafetensors(generator),
    'config.json': new TextEncoder().encode(JSON.stringify(config)),
  };
}
