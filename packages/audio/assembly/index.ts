import { writeBands } from './bands';
import { MelPlan } from './mel-plan';
import { transformPair } from './transform';

// Two frames at a time, one in each lane of all vectors: they never meet, so no frame knows its neighbour.

/** Log-mel spectra of the frames in `plan.audio`, an even number or one less. */
export function analyze(plan: MelPlan, frames: i32): void {
  const hop = <usize>plan.hopSize << 2;
  const row = <usize>plan.numMels << 2;
  let audio = plan.audio;
  let mel = plan.mel;
  for (let frame = 0; frame < frames; frame += 2) {
    transformPair(plan, audio, audio + hop);
    writeBands(plan, mel, mel + row);
    audio += 2 * hop;
    mel += 2 * row;
  }
}
