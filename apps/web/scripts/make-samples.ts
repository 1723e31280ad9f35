import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { framePower, LEVEL_HOP, readWav } from '@hifigan/audio';
import { createFlacEncoder } from '@hifigan/codecs/flac-encoder';

const SAMPLES = fileURLToPath(new URL('../../../samples', import.meta.url));

/** One a language. */
const RECORDINGS = [
  'en-vm-review',
  'es-vm-intro',
  'fr-vm-review',
  'it-vm-record-prepend',
  'ru-vm-review',
];

/** Seconds between which a recording is cut, where it is quietest: the whole ones would double the page,
 * which is to be small. */
const CUT = { from: 1.5, to: 2.1 };

async function firstWords(path: string): Promise<Uint8Array> {
  const { samplingRate, channels } = readWav(readFileSync(path), path);
  const [audio] = channels;
  const encoder = await createFlacEncoder({ samplingRate, bits: 16 });
  encoder.begin();
  const body = encoder.encode(audio.subarray(0, pauseIn(audio, samplingRate)));
  // What came at the beginning is known better at the end.
  const { start, bytes } = encoder.end();
  return Buffer.concat([start, body, bytes]);
}

/** The sample in the middle of the quietest tenth of a second. */
function pauseIn(audio: Float32Array, samplingRate: number): number {
  const power = framePower(audio);
  const frames = Math.round((0.1 * samplingRate) / LEVEL_HOP);
  const [from, to] = [CUT.from, CUT.to].map((s) => Math.floor((s * samplingRate) / LEVEL_HOP));
  let best = { at: to, sum: Number.POSITIVE_INFINITY };
  for (let at = from; at <= to; at++) {
    const sum = power.slice(at, at + frames).reduce((total, value) => total + value, 0);
    if (sum < best.sum) best = { at, sum };
  }
  return Math.min(audio.length, (best.at + (frames >> 1)) * LEVEL_HOP);
}

// The first words of some of the repository's samples, as FLAC: names and base64, a line each.
for (const name of RECORDINGS) {
  const bytes = await firstWords(join(SAMPLES, `${name}.wav`));
  console.log(`${name}.flac ${Buffer.from(bytes).toString('base64')}`);
}
