// A rank, or one process alone, for ranks.mjs: times training steps on noise. Prints one line of JSON, of rank 0.
import { activateTensorflow } from '@hifigan/backend-tensorflow/node';
import { registerWasmBackend } from '@hifigan/backend-wasm';
import { presets } from '@hifigan/config';
import { Trainer } from '@hifigan/train';
import { openRanks } from '@hifigan/train/node';
import * as tf from '@tensorflow/tfjs';

const [backend, name, clips, steps] = process.argv.slice(2);
const size = Number(clips);
const ranks = (await openRanks(process.env))?.ranks;
if (backend === 'wasm') {
  await tf.setBackend((await registerWasmBackend({ threads: 1 })).name);
} else {
  await activateTensorflow({ threads: 1 });
}
const config = presets[/** @type {'v1' | 'v2' | 'v3'} */ (name)];
const samples = config.segment_size;
const frames = samples / config.hop_size;
let state = 1 + (ranks?.rank ?? 0);
const random = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
};
const place = { epoch: 0, batch: 0 };
const batch = {
  ...{ place, size, samples, frames, share: 1 / (ranks?.size ?? 1) },
  ids: Array.from({ length: size }, (_, index) => String(index)),
  audio: Float32Array.from({ length: size * samples }, () => random() - 0.5),
  mel: Float32Array.from({ length: size * frames * config.num_mels }, () => -6 * random()),
};

// How long sums make this rank wait, of which some is for the other rank.
let summing = 0;
const training = ranks && {
  ...ranks.training,
  reduce: timed(/** @type {NonNullable<typeof ranks.training.reduce>} */ (ranks.training.reduce)),
  ready: timed(/** @type {NonNullable<typeof ranks.training.ready>} */ (ranks.training.ready)),
};

/**
 * @template {(...values: any[]) => any} F any function, whose type stays
 * @param {F} work
 * @returns {F}
 */
function timed(work) {
  const wrapped = /** @type {any} */ (
    (/** @type {any[]} */ ...values) => {
      const start = performance.now();
      try {
        return work(...values);
      } finally {
        summing += performance.now() - start;
      }
    }
  );
  return wrapped;
}

const trainer = new Trainer({ config, ...training });
// Plans are made, caches filled.
await trainer.step(batch, place);
const found = [];
for (let step = 0; step < Number(steps); step++) {
  await ranks?.communicator.ibarrier().done();
  summing = 0;
  const [start, before] = [performance.now(), process.cpuUsage()];
  await trainer.step(batch, place);
  const { user, system } = process.cpuUsage(before);
  found.push({
    seconds: (performance.now() - start) / 1000,
    cpuSeconds: (user + system) / 1e6,
    summingSeconds: summing / 1000,
  });
}
const all = ranks?.tell(found) ?? [found];
if ((ranks?.rank ?? 0) === 0) process.stdout.write(`${JSON.stringify(all)}\n`);
ranks?.communicator.finalize();
// Native threads may go on for a while.
process.exit(0);
