import { expect, test } from 'vitest';
import { echoCommunicator } from '../../testing/echo-communicator.js';
import { NonFiniteLossError } from '../../trainer.js';
import { Ranks } from './ranks.js';

const losses = { disc_msd: Number.NaN, mel: Number.NaN };
const error = new NonFiniteLossError(7, ['mine'], losses);
const tells = (first: number, ...ids: string[]) => JSON.stringify({ first, ids });

test('losses that are no numbers are blamed on the ranks where the first of them is none', async () => {
  // What comes after the first is spoilt everywhere: all have learned from it.
  const others = [tells(1, 'theirs'), tells(0, 'guilty'), tells(0, 'also')];
  const ranks = new Ranks(echoCommunicator({ rank: 1, size: 4, others }));
  await ranks.sumLosses(Float64Array.of(1, Number.NaN));
  const blamed = ranks.blame(error) as NonFiniteLossError;
  expect(blamed).toBeInstanceOf(NonFiniteLossError);
  expect(blamed.ids).toEqual(['guilty', 'also']);
  expect(blamed.message).toContain('step 7 must be numbers, but are disc_msd=NaN, mel=NaN');
  expect(blamed.message).toContain('its clips of rank 2, 3 were guilty, also');
});

test('where only the sum is none, all are named; other errors stay as they are', async () => {
  const ranks = new Ranks(echoCommunicator({ others: [tells(-1, 'theirs')] }));
  const own = new Error('own');
  await ranks.sumLosses(Float64Array.of(1e308));
  expect(ranks.blame(own)).toBe(own);
  expect((ranks.blame(error) as NonFiniteLossError).ids).toEqual(['mine', 'theirs']);
  await ranks.sumLosses(Float64Array.of(1));
  // Of this rank alone: the others would not take part.
  expect(ranks.blame(error)).toBe(error);
  // Gradients are summed over all, which meet it together.
  const ofGradients = new NonFiniteLossError(7, ['mine'], { gradients_generator: Number.NaN });
  expect((ranks.blame(ofGradients) as NonFiniteLossError).ids).toEqual(['mine', 'theirs']);
  const ofNorm = new NonFiniteLossError(7, ['mine'], { gradient_norm_generator: Infinity });
  expect((ranks.blame(ofNorm) as NonFiniteLossError).ids).toEqual(['mine', 'theirs']);
});

test('any rank may interrupt; only rank 0 ends', async () => {
  const all = { interrupted: true, over: true, compare: true };
  expect(await new Ranks(echoCommunicator({ rank: 1 })).agree(all)).toEqual({
    ...{ interrupted: true, over: false, compare: false },
  });
  expect(await new Ranks(echoCommunicator()).agree({ ...all, interrupted: false })).toEqual({
    ...{ interrupted: false, over: true, compare: true },
  });
});
