/** Largest magnitude; 0 of nothing. */
export function peak(audio: Float32Array): number {
  let largest = 0;
  for (const value of audio) largest = Math.max(largest, Math.abs(value));
  return largest;
}
