import { profileOfConfig } from '@hifigan/audio';
import { presets } from '@hifigan/config';
import type { Bundle } from '@hifigan/vocoder';
import { expect, test } from 'vitest';
import { requireTrainable } from './training.js';

const bundle: Bundle = { config: presets.v2, weights: new Map(), notices: [] };
const profile = profileOfConfig(presets.v2);

test('a voice of HiFi-GAN’s mels can be trained, however its profile is written', () => {
  requireTrainable(bundle, 'voice');
  const turned = Object.fromEntries(Object.entries(profile).reverse()) as typeof profile;
  requireTrainable({ ...bundle, profile: turned }, 'voice');
  const config = { ...presets.v2, fmax: presets.v2.sampling_rate / 2 };
  requireTrainable(
    { ...bundle, config, profile: { ...profileOfConfig(config), fmax: null } },
    'voice',
  );
});

test('one of other mels, or of normalised ones, is refused in words', () => {
  for (const other of [
    { ...profile, log: 'log10' },
    { ...profile, framing: 'centred' },
    { ...profile, preemphasis: 0.97 },
  ] as const) {
    expect(() => requireTrainable({ ...bundle, profile: other }, 'theirs.pth')).toThrow(
      'theirs.pth: speaks mels of another convention',
    );
  }
  const statistics = { mean: new Float32Array(80), scale: new Float32Array(80).fill(1) };
  expect(() => requireTrainable({ ...bundle, statistics }, 'theirs.pth')).toThrow(
    'theirs.pth: speaks normalised mels',
  );
});
