// What measurements of convolutions say: the fastest way of each layer, and the backend's table of them.
import { cpus } from 'node:os';
import { decidingSteps, layerKey, passesOf } from '@hifigan/backend-wasm';

/** @typedef {import('./convolution-shapes.mjs').Shape} Shape */
/** @typedef {import('@hifigan/backend-wasm').ConvolutionWay} Way */
/**
 * Milliseconds: `fresh` with a filter that has yet to be packed, as after each step of training, `kept` with one
 * that is. A filter's gradient has no filter.
 * @typedef {{ way: Way, fresh: number, kept: number }} Timing
 */

/** Less than this is noise: the way of fewest products stays. */
const WORTH_A_ROW = 0.96;

/** Numbers of steps that differ by less are one. */
const NEAR = 1.03;

/** @param {Shape} shape @param {Timing} timing */
function cost({ uses }, { fresh, kept }) {
  return uses.some((use) => use.endsWith('train')) ? fresh : kept;
}

/** @param {Shape} shape @param {Timing[]} timings */
export function fastest(shape, timings) {
  const best = timings.reduce((a, b) => (cost(shape, b) < cost(shape, a) ? b : a));
  return cost(shape, best) < WORTH_A_ROW * cost(shape, timings[0]) ? best : timings[0];
}

/** @param {{ shape: Shape, timings: Timing[] }[]} rows */
export function asModule(rows) {
  /** @type {Map<string, { shape: Shape, timings: Timing[] }[]>} */
  const layers = new Map();
  for (const row of rows) {
    const key = layerKey(row.shape.question);
    layers.set(key, [...(layers.get(key) ?? []), row]);
  }
  const lines = [...layers].flatMap(([key, ofLayer]) => {
    const ways = waysBySteps(ofLayer);
    const usual = passesOf(ofLayer[0].timings[0].way);
    if (ways.every(({ passes }) => passes === usual)) return [];
    return `  '${key}': [${ways.map(({ steps, passes }) => `[${steps}, ${passes}]`).join(', ')}],`;
  });
  return `// biome-ignore-all format: a layer is a line.
/**
 * The layers of V1 to V3 for which the way of fewest products is not the fastest: for some numbers of steps
 * (\`decidingSteps\`), the passes of the fastest, 0 for the plain sum. Made by \`pnpm --filter @hifigan/benchmarks
 * convolutions --write\` (${cpus()[0].model}, Node ${process.version}).
 */
export const MEASURED: Readonly<Record<string, readonly (readonly [steps: number, passes: number])[]>> = {
${lines.join('\n')}
};
`;
}

/** @param {{ shape: Shape, timings: Timing[] }[]} rows of one layer */
function waysBySteps(rows) {
  const stepsOf = (/** @type {Shape} */ { question }) => decidingSteps(question);
  const sorted = rows.toSorted((a, b) => stepsOf(a.shape) - stepsOf(b.shape));
  /** @type {{ steps: number, shape: Shape, timings: Timing[] }[]} */
  const groups = [];
  for (const { shape, timings } of sorted) {
    const last = groups.at(-1);
    if (last && stepsOf(shape) < NEAR * last.steps) {
      last.timings = last.timings.map(({ way, fresh, kept }, i) => ({
        way,
        fresh: fresh + timings[i].fresh,
        kept: kept + timings[i].kept,
      }));
    } else {
      groups.push({ steps: stepsOf(shape), shape, timings });
    }
  }
  return groups.map(({ steps, shape, timings }) => ({
    steps,
    passes: passesOf(fastest(shape, timings).way),
  }));
}
