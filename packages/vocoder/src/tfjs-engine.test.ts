import * as tf from '@tensorflow/tfjs';
import { afterEach, expect, it } from 'vitest';
import { smallBundle, smallMel } from './testing/small-bundle.js';
import { Vocoder } from './vocoder.js';

const { factory } = tf.engine().registryFactory.cpu;
const mel = smallMel(30);

/** Plain JavaScript by another name. */
async function setOther(): Promise<void> {
  tf.registerBackend('other', factory);
  tf.copyRegisteredKernels('cpu', 'other');
  await tf.setBackend('other');
}

/** What each way to speak says. */
async function refusals(vocoder: Vocoder): Promise<string[]> {
  const ways = [
    () => vocoder.synthesize(mel),
    () => vocoder.synthesizeBatch([mel, mel]),
    () => vocoder.stream([mel], { chunkFrames: 8 })[Symbol.asyncIterator]().next(),
    () => vocoder.warmup(4),
  ];
  const said: string[] = [];
  for (const way of ways) said.push(await way().then(() => 'spoken', String));
  return said;
}

afterEach(async () => {
  if (tf.findBackend('other')) tf.removeBackend('other');
  await tf.setBackend('cpu');
});

it('says so where another backend was set, and speaks on where it is set back', async () => {
  await setOther();
  const vocoder = await Vocoder.load(await smallBundle());
  expect(vocoder.engine).toBe('tfjs (other)');
  const before = await vocoder.synthesize(mel);
  const stream = vocoder.stream([mel, mel], { chunkFrames: 20 })[Symbol.asyncIterator]();
  await stream.next();

  await tf.setBackend('cpu');
  const told =
    /^Error: tfjs \(other\): the backend must be the one .* is cpu now; .*setBackend\('other'\)/;
  for (const said of await refusals(vocoder)) expect(said).toMatch(told);
  await expect(stream.next()).rejects.toThrow(/is cpu now/);

  await tf.setBackend('other');
  expect(await vocoder.synthesize(mel)).toEqual(before);
  await vocoder.dispose();
});

it.each(['and nothing else', 'and registered anew'])(
  'says so where it was removed: %s',
  async (then) => {
    await setOther();
    const vocoder = await Vocoder.load(await smallBundle());
    tf.removeBackend('other');
    if (then === 'and registered anew') await setOther();
    for (const said of await refusals(vocoder)) {
      expect(said).toMatch(/tfjs \(other\): .* and it was removed; load the voice anew$/);
    }
    await vocoder.dispose();
  },
);
