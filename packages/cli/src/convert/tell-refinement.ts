import { refinementKeys, refinementOf, type VoiceCard } from '@hifigan/vocoder';
import type { Context } from '../context.js';
import { counted } from '../terminal/format.js';

/**
 * Of a voice whose card has its sound refined, and that is written without what refines it.
 *
 * @param kept whether the card's words are, which this program heeds
 */
export function tellRefinement(
  context: Context,
  card: VoiceCard | undefined,
  { out, kept }: { readonly out: string; readonly kept: boolean },
): void {
  const { refine = 0 } = card ?? {};
  if (refine === 0) return;
  const rounds = counted(refine, 'round');
  const said = Object.entries(refinementOf(card));
  const again = (keys: readonly string[]) =>
    said.flatMap(([key, value]) => (keys.includes(key) ? [`--${key} ${value}`] : [])).join(' ');
  context.console.warn(
    kept
      ? `${out}: other programs speak by the generator alone; here ${rounds} of refinement follow, as the voice's card says (synth --refine 0 speaks without)`
      : `${out}: has no place for the voice's card, by which ${rounds} of refinement follow: whoever speaks with it speaks by the generator alone, this program too (synth ${again(['refine', 'phases'])} refines; a bundle keeps it: pack ${again(refinementKeys)})`,
  );
}
