import { hzToMel, type MelProfile } from '@hifigan/audio';
import type { PictureView, Tick } from '../protocol.js';

const ROUND = [500, 1000, 2000, 4000, 8000, 12000, 16000];

/** Where round frequencies lie on the height of pictures, from 0 at the bottom to 1. */
export function ticksOf(profile: MelProfile): Readonly<Record<PictureView, readonly Tick[]>> {
  const half = profile.samplingRate / 2;
  const [low, high] = [hzToMel(profile.fmin), hzToMel(profile.fmax ?? half)];
  const inside = (place: (hz: number) => number) =>
    ROUND.map((hz) => ({ hz, at: place(hz) })).filter(({ at }) => at > 0.02 && at < 0.98);
  return {
    mel: inside((hz) => (hzToMel(hz) - low) / (high - low)),
    // Of lower ones the labels would lie on each other.
    spectrum: inside((hz) => hz / half).filter(({ hz }) => hz % 2000 === 0),
  };
}
