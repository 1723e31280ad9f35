import { presets } from '@hifigan/config';
import { onBackends } from '@hifigan/test-backends';
import { tinyConfig } from '@hifigan/testkit';
import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { smallBundle } from './testing/small-bundle.js';
import { Vocoder } from './vocoder.js';

const LONGEST = 40;
const mels = tinyConfig.num_mels;
const mel = (frames: number) => ({ data: new Float32Array(frames * mels).fill(-3), frames, mels });

onBackends(() => {
  it('200 requests at once need the memory of the largest of them', async () => {
    const vocoder = await Vocoder.load(await smallBundle(1, { ...presets.v1, ...tinyConfig }));
    // The most that tensors hold after any kernel, so in the midst of requests, beyond what is held before.
    const most = async (frames: readonly number[]) => {
      const held = tf.memory().numBytes;
      const { peakBytes } = await tf.profile(async () => {
        const all = await Promise.all(frames.map((each) => vocoder.synthesize(mel(each))));
        return all.reduce((sum, { length }) => sum + length, 0);
      });
      return peakBytes - held;
    };
    await vocoder.synthesize(mel(LONGEST));
    const one = await most([LONGEST]);
    const audioBytes = 4 * LONGEST * tinyConfig.hop_size;
    expect(one).toBeGreaterThan(audioBytes);
    const many = await most(Array.from({ length: 200 }, (_, i) => 1 + ((7 * i) % LONGEST)));
    expect(many, `one ${one} B, 200 at once ${many} B`).toBe(one);
    await vocoder.dispose();
  });
});
