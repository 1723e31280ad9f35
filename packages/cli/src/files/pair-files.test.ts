import { describe, expect, it } from 'vitest';
import type { FoundFile } from './find-files.js';
import { pairById, pairByPath } from './pair-files.js';

const found = (...paths: readonly string[]): FoundFile[] =>
  paths.map((relative) => ({
    ...{ path: `/in/${relative}`, shown: relative, relative, fromFolder: true },
  }));

const inWords = (pairs: readonly { recording: FoundFile; partner: FoundFile }[]) =>
  pairs.map(({ recording, partner }) => `${recording.relative} ${partner.relative}`);

describe('pairById', () => {
  const words = { noPartner: (id: string) => `no ${id}`, noRecording: 'no recording' };
  const paired = (recordings: readonly string[], partners: readonly string[]) => {
    const { pairs, alone } = pairById(found(...recordings), found(...partners), words);
    return { pairs: inWords(pairs), alone };
  };

  it('takes the same path before the same id, to which two paths may come', () => {
    const { pairs, alone } = paired(['deep/b.flac', 'deep_b.wav'], ['deep/b.npy', 'deep_b.npy']);
    expect(pairs).toEqual(['deep/b.flac deep/b.npy', 'deep_b.wav deep_b.npy']);
    expect(alone).toEqual([]);
  });

  it('takes ids of file lists, and tells by them what is missing', () => {
    const { pairs, alone } = paired(
      ['a.flac', 'a.wav', 'deep/b.wav', 'deep/c.wav', 'x.m4a'],
      ['a-2.npy', 'a.npy', 'deep_b.npy', 'z.npy'],
    );
    expect(pairs).toEqual(['a.flac a-2.npy', 'a.wav a.npy', 'deep/b.wav deep_b.npy']);
    expect(alone).toEqual([
      { file: 'x.m4a', reason: expect.stringMatching(/^of a kind that cannot be read/) },
      { file: 'deep/c.wav', reason: 'no deep_c' },
      { file: 'z.npy', reason: 'no recording' },
    ]);
  });
});

describe('pairByPath', () => {
  it('never takes a folder for a part of a name', () => {
    const words = { noPartner: 'no partner', noRecording: 'no recording' };
    const { pairs, alone } = pairByPath(found('deep/b.wav'), found('deep_b.wav'), words);
    expect(pairs).toEqual([]);
    expect(alone).toEqual([
      { file: 'deep/b.wav', reason: 'no partner' },
      { file: 'deep_b.wav', reason: 'no recording' },
    ]);
  });
});
