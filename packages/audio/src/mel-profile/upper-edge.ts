import type { Mel } from '../mel-spectrogram.js';
import type { MelProfile } from './mel-profile.js';
import { profileFilterbank } from './profile-filterbank.js';

/** A band is silent where so many of its values are the lowest of all, and sounds where at most so many are. */
const SILENT = 0.8;
const SOUNDS = 0.2;
/** Of the range of all values: so high the last band that sounds stands above silence, on average. */
const CLIFF = 0.25;
/** Half the sampling rates that recordings have, Hz. */
const USUAL_EDGES = [4000, 5512.5, 8000, 11025, 12000, 16000];
/** An edge is known to a band: those at 8 kHz are 4% of it apart. */
const NEAR = 0.04;
/**
 * How far below a usual edge one still counts as usual. Less than NEAR, as mels of 24 kHz must not: read as of 22.05, an
 * edge at 8 kHz lies at 7.7, which is 4% below. Above, nothing usual is read so.
 */
const BELOW = 0.03;

/**
 * The first of the bands at the top that are silent throughout, where sound ends at a cliff, as that of a recording
 * does that came from a lower sampling rate: of many bands, the two below the cliff sound. Undefined where there is
 * none.
 *
 * @param low the mel's lowest value
 */
export function silentFrom({ data, frames, mels }: Mel, low: number): number | undefined {
  const near = 1e-6 * Math.max(1, Math.abs(low));
  const counts = new Uint32Array(mels);
  for (let at = 0; at < data.length; at++) counts[at % mels] += Number(data[at] - low <= near);
  const share = Array.from(counts, (count) => count / frames);
  let first = mels;
  while (first > 0 && share[first - 1] >= SILENT) first--;
  // One band alone may be too narrow to hold anything; the one at the edge holds a part.
  if (mels - first < 2 || first < 3) return undefined;
  if (share[first - 2] > SOUNDS || share[first - 3] > SOUNDS) return undefined;
  // Powers, most of which are next to nothing beside the loudest.
  if (low >= 0) return first;
  // A filter lets sound fade away; where a recording's rate ends it, it ends at once.
  let [sum, loudest] = [0, low];
  for (let at = 0; at < data.length; at++) {
    loudest = Math.max(loudest, data[at]);
    if (at % mels === first - 3) sum += data[at] - low;
  }
  return sum / frames >= CLIFF * (loudest - low) ? first : undefined;
}

/** Where sound ends, if bands from `first` on are silent and are a profile's. */
export interface UpperEdge {
  readonly hz: number;
  /** Whether recordings usually end there: half of a rate that they have. */
  readonly usual: boolean;
  /** Whether it may be such an end, a band off. */
  readonly near: boolean;
}

/** @param first what {@link silentFrom} found */
export function upperEdge(first: number, profile: MelProfile): UpperEdge {
  const { centres } = profileFilterbank(profile);
  const hz = (centres[first - 1] + centres[first]) / 2;
  const among = (below: number) =>
    USUAL_EDGES.some((edge) => hz >= edge * (1 - below) && hz <= edge * (1 + NEAR));
  return { hz, usual: among(BELOW), near: among(NEAR) };
}
