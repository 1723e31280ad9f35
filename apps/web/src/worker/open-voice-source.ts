import { openBundle } from '@hifigan/vocoder';
import type { VoiceSource } from '../protocol.js';
import { type OpenedBundle, openBundleFiles } from './open-bundle-files.js';

/**
 * Opens a model, wherever it comes from.
 *
 * @throws what `openBundle` and `openBundleFiles` throw
 */
export async function openVoiceSource(
  source: VoiceSource,
  signal: AbortSignal,
): Promise<OpenedBundle> {
  if ('files' in source) return openBundleFiles(source.files);
  const { url } = source;
  const bundle = await openBundle(url, { signal });
  return { bundle, title: bundle.card?.name ?? url };
}
