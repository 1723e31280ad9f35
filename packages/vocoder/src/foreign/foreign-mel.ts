import { type MelProfile, profileOfConfig } from '@hifigan/audio';
import type { HifiGanConfig } from '@hifigan/config';
import type { LayoutName } from '@hifigan/models';
import { type MelFacts, melFacts } from './mel-facts.js';

/** The mel that a generator takes, before statistics. */
export interface ForeignMel extends Omit<MelFacts, 'values'> {
  readonly profile: MelProfile;
}

/**
 * The mel that a generator takes, before the statistics that are among its weights.
 *
 * @param facts the configuration of its program
 */
export function foreignMel(layout: LayoutName, config: HifiGanConfig, facts: unknown): ForeignMel {
  const own = profileOfConfig(config);
  const { values, ...rest } = melFacts[layout](facts, config);
  if (layout === 'reference') return { profile: own, ...rest };
  // All else is HiFi-GAN's but for, mostly, the guard under the root.
  const { guard: _, ...base } = own;
  return { profile: { ...base, ...values }, ...rest };
}
