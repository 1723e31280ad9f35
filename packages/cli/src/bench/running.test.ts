import { presets } from '@hifigan/config';
import { describe, expect, it } from 'vitest';
import type { Entrant } from './entrant.js';
import { playRound, warmUp } from './running.js';
import type { ContenderProcess, Question } from './task.js';

const entrant: Entrant = {
  ...{ course: 'v1', backend: 'wasm', threads: 1 },
  task: { computer: { kind: 'backend', backend: 'wasm' }, threads: 1, config: presets.v1 },
};
const effort = { frames: 200, chunkFrames: 7, rounds: 5, maxSeconds: 30 };

/** A process that takes so many seconds a frame, and the first time more. */
function processOf(
  secondsPerFrame: number,
  { cold = 1, fixedFrames }: { cold?: number; fixedFrames?: number } = {},
) {
  const asked: string[] = [];
  let factor = cold;
  const ask = async (question: Question) => {
    asked.push('frames' in question ? `${question.ask} ${question.frames}` : question.ask);
    if (question.ask === 'start') return { wall: 1, framesAfter: 13, fixedFrames };
    const frames = 'frames' in question ? question.frames : 0;
    const computed = question.ask === 'begin' ? frames + 13 : frames;
    const wall = factor * secondsPerFrame * computed;
    factor = 1;
    return { wall, cpu: wall };
  };
  return { process: { ask, end: () => undefined } as unknown as ContenderProcess, asked };
}

describe('how much an entrant does', () => {
  it('is all that was wanted where there is time', async () => {
    const { process, asked } = processOf(0.01);
    const running = await warmUp(entrant, process, effort);
    expect(running).toMatchObject({ frames: 200, rounds: 5, slow: false, begins: true });
    expect(running.first).toBeCloseTo(0.2);
    const round = await playRound(running, effort);
    expect([round.latency, round.wall]).toEqual([expect.closeTo(0.2), expect.closeTo(2)]);
    expect(asked).toEqual(['start', 'begin 7', 'begin 7', 'run 200']);
  });

  it('does not depend on a first run that was slow for once', async () => {
    const { process, asked } = processOf(0.01, { cold: 20 });
    const running = await warmUp(entrant, process, effort);
    expect(running).toMatchObject({ frames: 200, rounds: 5, slow: false });
    expect(running.first).toBeCloseTo(4);
    expect(asked).toEqual(['start', 'begin 7', 'begin 7']);
  });

  it('is fewer rounds, then fewer frames, then one cold piece', async () => {
    // A round of 200 + 20 frames: 11, 110 and 440 seconds.
    expect(await warmUp(entrant, processOf(0.05).process, effort)).toMatchObject({
      ...{ frames: 200, rounds: 2, slow: true, begins: true },
    });
    expect(await warmUp(entrant, processOf(0.5).process, effort)).toMatchObject({
      ...{ frames: 60, rounds: 1, slow: true, begins: true },
    });
    const { process, asked } = processOf(2);
    const running = await warmUp(entrant, process, effort);
    expect(running).toMatchObject({ frames: 15, rounds: 1, slow: true, begins: false });
    expect((await playRound(running, effort)).latency).toBe(40);
    expect(asked).toEqual(['start', 'begin 7', 'run 15']);
  });

  it('is the length of a file that takes no other, without a first piece', async () => {
    const running = await warmUp(entrant, processOf(0.1, { fixedFrames: 100 }).process, effort);
    expect(running).toMatchObject({ frames: 100, rounds: 3, slow: true, begins: false });
    expect((await playRound(running, effort)).latency).toBeUndefined();
  });
});
