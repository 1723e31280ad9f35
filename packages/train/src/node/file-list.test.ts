import { expect, test } from 'vitest';
import { parseFileList } from './file-list.js';

test('what stands before the first bar is the clip; lines of any ending, empty ones skipped', () => {
  const text = '\uFEFFLJ001-0001|Printing, in|Printing, in\r\nb.wav\n\n  c.WAV |x|\nsub/d|\n';
  expect(parseFileList(text, 'list')).toEqual(['LJ001-0001', 'b', 'c', 'sub/d']);
});

test.each(['', '\uFEFF', '\n \r\n', '|text\n'])('%j has no clip', (text) => {
  expect(() => parseFileList(text, 'data/training.txt')).toThrow(
    'data/training.txt: names no recordings and must name at least one, because nothing can be learned from an empty list',
  );
});
