import type { VoiceCard } from '@hifigan/vocoder';
import type { Context } from '../context.js';
import { counted } from '../terminal/format.js';

/** Of a generator that is written for other programs: what comes after it here alone. */
export function tellRefinement(context: Context, card: VoiceCard | undefined, out: string): void {
  const { refine = 0 } = card ?? {};
  if (refine === 0) return;
  context.console.warn(
    `${out}: other programs speak by the generator alone; here ${counted(refine, 'round')} of refinement follow, as the voice's card says (synth --refine 0 speaks without)`,
  );
}
