import { describe, expect, it } from 'vitest';
import { fuzz } from '../fuzz.js';

/** A million inputs and more, in runs of which each has a seed of its own. */
const RUNS = Number(process.env.FUZZ_RUNS ?? 110);
const EACH = 10_000;
const FIRST_SEED = Number(process.env.FUZZ_SEED ?? 1);
/** Seconds of CPU time; an input takes a millisecond, one that is refused for its size a second at most. */
const SLOWEST = 10;

describe('hostile files', () => {
  it(`${RUNS * EACH} of them end in a value or in one FormatError, within bounds`, async () => {
    const baseline = process.resourceUsage().maxRSS * 1024;
    let [read, refused, slowest, mostMemory, allowed] = [0, 0, 0, 0, 0];
    for (let run = 0; run < RUNS; run++) {
      const seed = FIRST_SEED + run;
      const result = await fuzz(seed, EACH);
      expect(result.failures.slice(0, 5)).toEqual([]);
      read += result.read;
      refused += result.refused;
      slowest = Math.max(slowest, result.slowest);
      mostMemory = Math.max(mostMemory, result.mostMemory);
      allowed = Math.max(allowed, result.allowed);
      const cpu = process.cpuUsage();
      console.log(
        `seed ${seed}: ${EACH} inputs, ${result.read} read, ${result.refused} refused, ` +
          `slowest ${result.slowest.toFixed(1)} ms of CPU, most memory of one ${mebi(result.mostMemory)}; ` +
          `so far ${((cpu.user + cpu.system) / 1e6).toFixed(0)} s of CPU`,
      );
    }
    const peak = process.resourceUsage().maxRSS * 1024 - baseline;
    console.log(
      `seeds ${FIRST_SEED} to ${FIRST_SEED + RUNS - 1}: ${read} read, ${refused} refused, ` +
        `slowest ${slowest.toFixed(1)} ms of CPU (bound ${SLOWEST} s), most memory of one ${mebi(mostMemory)} ` +
        `(bound ${mebi(allowed)}), process ${mebi(peak)} above its beginning`,
    );
    expect(read + refused).toBe(RUNS * EACH);
    expect(slowest).toBeLessThan(SLOWEST * 1000);
    expect(mostMemory).toBeLessThan(allowed);
    // What was refused may wait for the collector a while.
    expect(peak).toBeLessThan(8 * allowed);
  });
});

function mebi(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
