import { describe, expect, it } from 'vitest';
import { sortFiles } from './sort-files.js';

const sorted = (...names: string[]) => {
  const { sound, model, leftOut } = sortFiles(names.map((name) => ({ name })));
  const of = (files: readonly { name: string }[]) => files.map(({ name }) => name);
  return { sound: sound?.name, model: of(model), leftOut: of(leftOut) };
};

describe('sortFiles', () => {
  it.each([
    [['a.wav'], { sound: 'a.wav', model: [], leftOut: [] }],
    [['mel.npy'], { sound: 'mel.npy', model: [], leftOut: [] }],
    [['notes.txt'], { sound: 'notes.txt', model: [], leftOut: [] }],
    [['a.wav', 'b.MP3'], { sound: 'a.wav', model: [], leftOut: ['b.MP3'] }],
    [['.DS_Store', 'a.flac'], { sound: 'a.flac', model: [], leftOut: [] }],
    [['README.md', 'a.wav'], { sound: 'a.wav', model: [], leftOut: ['README.md'] }],
    [['voice.zip'], { sound: undefined, model: ['voice.zip'], leftOut: [] }],
    [
      ['g_02500000', 'config.json'],
      { sound: undefined, model: ['g_02500000', 'config.json'], leftOut: [] },
    ],
    [
      ['config.yml', 'checkpoint-400000steps.pkl', 'stats.npy', 'README'],
      {
        sound: undefined,
        model: ['config.yml', 'checkpoint-400000steps.pkl', 'stats.npy', 'README'],
        leftOut: [],
      },
    ],
    [
      ['config.json', 'generator.safetensors', 'speech.ogg'],
      { sound: 'speech.ogg', model: ['config.json', 'generator.safetensors'], leftOut: [] },
    ],
  ])('%j', (names, expected) => {
    expect(sorted(...names)).toEqual(expected);
  });
});
