import { type Bundle, type ForeignGenerator, readRecognized } from '@hifigan/vocoder';
import type { ForeignOnDisk } from './foreign-on-disk.js';

/** Reads a model of another program, as a bundle is read. @throws as `readForeign` does */
export async function foreignBundle({ recognized, where }: ForeignOnDisk): Promise<Bundle> {
  return bundleOf(await readRecognized(recognized, where));
}

export function bundleOf({
  config,
  state,
  statistics,
  profile,
  metadata,
  notices,
}: ForeignGenerator): Bundle {
  return { config, weights: state, profile, ...(statistics && { statistics }), metadata, notices };
}
