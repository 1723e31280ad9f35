// A mel that comes in pieces, on the way to sound: computing each piece anew with all that it depends on, beside
// layers that keep what they need of earlier pieces, and beside a whole mel at once, which has no overhead. In steady
// state, one process, in turns.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { activateTensorflow } from '@hifigan/backend-tensorflow/node';
import { registerWasmBackend } from '@hifigan/backend-wasm';
import {
  describeMachine,
  grid,
  interleave,
  readMachine,
  seededRandom,
  timed,
} from '@hifigan/cli/measuring';
import { presets } from '@hifigan/config';
import { Generator, GeneratorStream, receptiveField } from '@hifigan/models';
import * as tf from '@tensorflow/tfjs';

const { values } = parseArgs({
  // pnpm hands the separating "--" on.
  args: process.argv.slice(2).filter((word) => word !== '--'),
  options: {
    config: { type: 'string', default: 'v1,v2,v3' },
    backend: { type: 'string', default: 'hifigan-wasm' },
    chunks: { type: 'string', default: '1,4,8,16,32,64,128' },
    whole: { type: 'string', default: '512' },
    threads: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '5' },
    json: { type: 'string' },
  },
});
const [threads, rounds, whole] = [values.threads, values.rounds, values.whole].map(Number);

if (values.backend === 'tensorflow') {
  await activateTensorflow({ threads });
} else {
  const { name } = await registerWasmBackend({ threads });
  await tf.setBackend(name);
}

/** @param {tf.Tensor | undefined} audio */
async function samplesOf(audio) {
  await audio?.data();
  audio?.dispose();
}

const milliseconds = (/** @type {number} */ seconds) => (seconds * 1000).toFixed(1);

const reports = [];
for (const name of values.config.split(',')) {
  if (!(name in presets)) throw new Error(`--config ${name} must be one of @hifigan/config`);
  const config = presets[/** @type {'v1'} */ (name)];
  const random = seededRandom();
  const trained = Generator.initialize(config, random);
  const generator = trained.foldWeightNorm();
  trained.dispose();
  const { before, after } = receptiveField(config);
  /** @param {number} frames */
  const noise = (frames) =>
    tf.tensor3d(
      Float32Array.from({ length: frames * config.num_mels }, () => random() * 2 - 1),
      [1, frames, config.num_mels],
    );
  const machine = readMachine();
  const mel = noise(whole);
  const sides = [];
  for (const chunk of values.chunks.split(',').map(Number)) {
    const piece = noise(before + chunk + after);
    const part = noise(chunk);
    const stream = new GeneratorStream(generator);
    // As far in as all layers are at work.
    for (let frames = 0; frames <= after; frames += chunk) await samplesOf(stream.push(part));
    sides.push({ chunk, piece, part, stream });
  }
  // All sizes in one round, so that what they are compared by is of the same minute.
  const [all, ...results] = await interleave(
    [
      { name: 'whole', run: () => timed(() => samplesOf(generator.forward(mel))) },
      ...sides.flatMap(({ chunk, piece, part, stream }) => [
        {
          name: `pieces of ${chunk}`,
          run: () => timed(() => samplesOf(generator.forward(piece))),
        },
        { name: `steps of ${chunk}`, run: () => timed(() => samplesOf(stream.push(part))) },
      ]),
    ],
    { rounds, warmUp: 2 },
  );
  const frameSeconds = config.hop_size / config.sampling_rate;
  const rows = sides.map(({ chunk }, index) => {
    const [pieces, steps] = results.slice(2 * index, 2 * index + 2);
    return {
      chunk,
      seconds: chunk * frameSeconds,
      waits: (chunk + after) * frameSeconds,
      pieces,
      steps,
      /** Computing time beside that of as many frames of the whole. */
      overhead: [pieces, steps].map(({ cpu }) => cpu / chunk / (all.cpu / whole)),
    };
  });
  for (const { stream } of sides) stream.dispose();
  tf.dispose([mel, ...sides.flatMap(({ piece, part }) => [piece, part])]);
  console.log(
    `\n${name} on ${values.backend}, ${threads} threads, best of ${rounds}; ${describeMachine(machine)}\n`,
  );
  console.log(
    grid(
      [
        'frames',
        'mel awaited, ms',
        'and computed, ms',
        'pieces, ms (CPU)',
        'steps, ms (CPU)',
        'steps, × real time',
        'pieces, CPU × the whole',
        'steps, CPU × the whole',
      ],
      rows.map(({ chunk, seconds, waits, pieces, steps, overhead }) => [
        `${chunk}`,
        milliseconds(waits),
        milliseconds(waits + Math.min(pieces.wall, steps.wall)),
        `${milliseconds(pieces.wall)} (${milliseconds(pieces.cpu)})`,
        `${milliseconds(steps.wall)} (${milliseconds(steps.cpu)})`,
        (seconds / steps.wall).toFixed(2),
        ...overhead.map((times) => times.toFixed(2)),
      ]),
    ),
  );
  console.log(
    `\nThe whole: ${whole} frames at once, ${milliseconds(all.wall)} ms (CPU ${milliseconds(all.cpu)}), ` +
      `${((whole * frameSeconds) / all.wall).toFixed(2)} × real time.`,
  );
  reports.push({ config: name, backend: values.backend, threads, machine, whole, all, rows });
  generator.dispose();
}
if (values.json) writeFileSync(values.json, `${JSON.stringify({ reports }, null, 2)}\n`);
// The backend's threads may wait on.
process.exit();
