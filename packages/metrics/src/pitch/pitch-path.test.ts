import { hashedUniform } from '@hifigan/testkit';
import { describe, expect, it } from 'vitest';
import { pitchPath, UNVOICED } from './pitch-path.js';

describe('pitchPath', () => {
  it('is the likeliest of all paths', () => {
    const bins = 3;
    const frames = 5;
    const noise = hashedUniform('pitch-path', [8 * frames * bins], 0.5);
    for (let trial = 0; trial < 8; trial++) {
      const chance = (frame: number, bin: number) =>
        (noise[(trial * frames + frame) * bins + bin] + 0.5) / 3.01;
      const path = pitchPath({ bins, reach: 1 }, frames, (frame, voiced) => {
        for (let bin = 0; bin < bins; bin++) voiced[bin] = chance(frame, bin);
      });
      // Every path of states; from the middle a pitch moves by ¼, ½, ¼, from an end by ⅔, ⅓.
      const moves = [
        [2 / 3, 1 / 3, 0],
        [1 / 4, 1 / 2, 1 / 4],
        [0, 1 / 3, 2 / 3],
      ];
      let best = { likelihood: -1, path: [] as number[] };
      for (let code = 0; code < (2 * bins) ** frames; code++) {
        const states = Array.from(
          { length: frames },
          (_, frame) => Math.floor(code / (2 * bins) ** frame) % (2 * bins),
        );
        let likelihood = 1;
        for (const [frame, state] of states.entries()) {
          const [bin, voiced] = [state % bins, state < bins];
          const unvoiced = 1 - [0, 1, 2].reduce((sum, b) => sum + chance(frame, b), 0);
          likelihood *= voiced ? chance(frame, bin) : unvoiced / bins;
          if (frame === 0) continue;
          const before = states[frame - 1];
          likelihood *= moves[before % bins][bin] * (before < bins === voiced ? 0.99 : 0.01);
        }
        if (likelihood <= best.likelihood) continue;
        best = { likelihood, path: states.map((state) => (state < bins ? state : UNVOICED)) };
      }
      expect([...path], `trial ${trial}`).toEqual(best.path);
    }
  });
});
