import { expect, test } from 'vitest';
import { clipsDigest, listedNames, listOddities, parseFileList } from './file-list.js';

test('what stands before the first bar is the clip; lines of any ending, empty ones skipped', () => {
  const text = '\uFEFFLJ001-0001|Printing, in|Printing, in\r\nb.wav\n\n  c.WAV |x|\nsub/d|\n';
  expect(parseFileList(text, 'list')).toEqual(['LJ001-0001', 'b', 'c', 'sub/d']);
  expect(listedNames(text).map((name) => name.replace(/\.\w+$/, ''))).toEqual([
    'LJ001-0001',
    'b',
    'c',
    'sub/d',
  ]);
  expect(listedNames('\uFEFFa.flac|words\r\n\n b.wav ')).toEqual(['a.flac', 'b.wav']);
});

test.each(['', '\uFEFF', '\n \r\n', '|text\n'])('%j has no clip', (text) => {
  expect(() => parseFileList(text, 'data/training.txt')).toThrow(
    'data/training.txt: names no recordings and must name at least one, because nothing can be learned from an empty list',
  );
});

test('tells of clips that stand twice, and of those that are trained on and measured with', () => {
  expect(listOddities(['a', 'b', 'c'], ['d', 'e'])).toEqual([]);
  expect(listOddities(['a', 'b', 'a', 'c', 'c', 'c'])).toEqual([
    'the training list names 3 clips again, which weigh more than others',
  ]);
  expect(listOddities(['a', 'b'], ['b', 'x', 'b'])).toEqual([
    'what is measured says too much: the validation list has 1 clip that the training list has, too (b)',
  ]);
});

test('a digest tells other clips and another order, not only another number', () => {
  expect(clipsDigest(['a', 'b'])).toMatch(/^2 [\da-f]{64}$/);
  const digests = [['a', 'b'], ['b', 'a'], ['a', 'c'], ['a'], ['ab']].map(clipsDigest);
  expect(new Set(digests).size).toBe(digests.length);
});
