import { expect, it } from 'vitest';
import type { VoiceCard } from './card.js';
import { cardFromMetadata, cardToMetadata } from './card-metadata.js';

const card: VoiceCard = {
  ...{ name: 'anna', description: 'calm', licence: 'CC0-1.0', data: 'hers' },
  ...{ refine: 3, bandwidth: 7999.5, phases: 'integrated' },
};

it('takes a card through the texts of an ONNX file', () => {
  const metadata = cardToMetadata({ ...card, steps: 5 });
  expect(metadata).toEqual({
    ...{ model_filename: 'anna', comment: 'calm', license: 'CC0-1.0', dataset: 'hers' },
    ...{ refine: '3', bandwidth: '7999.5', phases: 'integrated' },
  });
  expect(cardFromMetadata(new Map(Object.entries(metadata)), 'm.onnx')).toEqual(card);
  expect(cardToMetadata(undefined)).toEqual({});
});

it('has no card of a file that does not say how it is refined', () => {
  const metadata = new Map([['model_filename', 'anna']]);
  expect(cardFromMetadata(metadata, 'm.onnx')).toBeUndefined();
  expect(cardFromMetadata(new Map([['refine', '0']]), 'm.onnx')).toEqual({
    ...{ name: 'm.onnx', refine: 0 },
  });
});

it('refuses what no card says, by the name of the file', () => {
  const of = (key: string, text: string) => () =>
    cardFromMetadata(new Map([[key, text]]), 'bad.onnx');
  expect(of('refine', 'true')).toThrow(/^bad\.onnx: its refine must be a number, .* is true; exp/);
  expect(of('bandwidth', '-1')).toThrow(/its bandwidth must be a number/);
  expect(of('refine', '101')).toThrow(
    /^bad\.onnx: refine=101 must be a whole number from 0 to 100/,
  );
  expect(of('phases', 'any')).toThrow(/^bad\.onnx: phases="any" must be "kept" or "integrated"/);
});
