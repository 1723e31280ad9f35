import { expect, test } from 'vitest';
import { trainedCard } from './trained-card.js';

const facts = {
  title: 'g_02500000.pth',
  recordings: 1,
  seconds: 61.4,
  steps: 300,
  batchSize: 4,
  segmentSize: 8192,
  learningRate: 2e-4,
  computed: 90,
  engine: 'two threads',
};

test('a voice without a card gets one that says what it came from', () => {
  expect(trainedCard(facts)).toEqual({
    name: 'g_02500000-fine-tuned',
    description: 'g_02500000, fine-tuned in the studio without discriminators',
    data: '1 recording of 61 s together, given to the studio',
    training:
      'began as g_02500000; 300 steps, batch 4, segment 8192, AdamW 0.0002, 1.5 minutes on two threads',
    steps: 300,
  });
});

test('of a card stays what is true still: licence, data, refinement, steps; no measure of the voice before', () => {
  const card = trainedCard({
    ...facts,
    card: {
      ...{ name: 'anna-fine-tuned', licence: 'CC0-1.0', data: 'LJ', steps: 1000 },
      ...{ refine: 32, bandwidth: 8000, phases: 'integrated' as const },
      ...{ validationMelError: 0.2, limits: 'of the voice before' },
    },
    heldOut: { before: 0.43219876, after: 0.4, afterSteps: 275 },
  });
  expect(card).toMatchObject({
    ...{
      name: 'anna-fine-tuned',
      licence: 'CC0-1.0',
      steps: 1300,
      refine: 32,
      bandwidth: 8000,
      phases: 'integrated',
    },
    data: 'LJ; then 1 recording of 61 s together, given to the studio',
    heldOutMelError: { before: 0.4322, after: 0.4, afterSteps: 275 },
  });
  expect(Object.keys(card)).not.toContain('validationMelError');
  expect(Object.keys(card)).not.toContain('limits');
});
