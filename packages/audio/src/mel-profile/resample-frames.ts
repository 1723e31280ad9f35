import { frameRate, type MelProfile } from './mel-profile.js';

/**
 * Frames at the places of another profile, each between the frames given (Catmull and Rom's cubic, per band): levels
 * are logarithms, so loud and quiet count alike.
 */
export function resampleFrames(
  levels: Float64Array,
  { frames, mels, from, to }: { frames: number; mels: number; from: MelProfile; to: MelProfile },
): { readonly levels: Float64Array; readonly frames: number } {
  const seconds = (from.framing === 'centred' ? frames - 1 : frames) / frameRate(from);
  const whole = Math.max(1, Math.floor(seconds * frameRate(to) + 1e-9));
  const count = to.framing === 'centred' ? whole + 1 : whole;
  const result = new Float64Array(count * mels);
  const [own, other] = [from, to].map(({ framing }) => (framing === 'hop' ? 0.5 : 0));
  const row = (frame: number) => Math.min(Math.max(frame, 0), frames - 1) * mels;
  for (let frame = 0; frame < count; frame++) {
    const place = ((frame + other) / frameRate(to)) * frameRate(from) - own;
    const at = Math.floor(place);
    const x = place - at;
    const [a, b, c, d] = [at - 1, at, at + 1, at + 2].map(row);
    for (let band = 0; band < mels; band++) {
      const [p, q, r, s] = [levels[a + band], levels[b + band], levels[c + band], levels[d + band]];
      const value =
        q + 0.5 * x * (r - p + x * (2 * p - 5 * q + 4 * r - s + x * (3 * (q - r) + s - p)));
      // No louder and no quieter than the frames about it.
      result[frame * mels + band] = Math.min(Math.max(value, Math.min(q, r)), Math.max(q, r));
    }
  }
  return { levels: result, frames: count };
}
