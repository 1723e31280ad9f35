/**
 * One side of a comparison.
 *
 * @typedef {object} Contender
 * @property {string} name
 * @property {() => Promise<Timing> | Timing} run one round
 */

/**
 * Seconds of one round: by the clock, and of all the process's threads together, which other programs disturb less.
 *
 * @typedef {object} Timing
 * @property {number} wall
 * @property {number} cpu
 */

/**
 * The least of each over all rounds.
 *
 * @typedef {Timing & { name: string, rounds: Timing[] }} Result
 */

/**
 * Lets the contenders take turns, so that each meets the same disturbances.
 *
 * @param {Contender[]} contenders
 * @param {{ rounds: number, warmUp?: number }} options
 * @returns {Promise<Result[]>} in the order of the contenders
 */
export async function interleave(contenders, { rounds, warmUp = 1 }) {
  /** @type {Timing[][]} */
  const timings = contenders.map(() => []);
  for (let round = -warmUp; round < rounds; round++) {
    for (const [index, contender] of contenders.entries()) {
      const timing = await contender.run();
      if (round >= 0) timings[index].push(timing);
    }
  }
  return contenders.map(({ name }, index) => ({
    name,
    wall: Math.min(...timings[index].map(({ wall }) => wall)),
    cpu: Math.min(...timings[index].map(({ cpu }) => cpu)),
    rounds: timings[index],
  }));
}

/**
 * Times a function of this process.
 *
 * @param {() => unknown} work
 * @returns {Timing}
 */
export function timed(work) {
  const cpu = process.cpuUsage();
  const start = performance.now();
  work();
  const wall = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { wall, cpu: (user + system) / 1e6 };
}
