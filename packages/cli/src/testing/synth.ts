import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createMelSpectrogram, melOptions, readWav } from '@hifigan/audio';
import { writeNpy } from '@hifigan/checkpoint';
import { tinyConfig } from '@hifigan/testkit';
import { melToArray } from '@hifigan/vocoder';
import { writeTone } from './audio.js';
import { writeRun } from './model.js';
import { inFolder } from './run-main.js';

/** A folder with a run of two checkpoints, a recording at the model's rate and its mel. */
export const inSynthWorkshop = (work: (cwd: string, audio: Float32Array) => Promise<void>) =>
  inFolder(async (cwd) => {
    await writeRun(join(cwd, 'run'), [5, 100]);
    const audio = await writeTone(cwd, 'a.wav', { samplingRate: 8000, format: 'float32' });
    const mel = createMelSpectrogram(melOptions(tinyConfig)).analyze(audio);
    await writeFile(join(cwd, 'a.npy'), writeNpy(melToArray(mel)));
    await work(cwd, audio);
  });

/** A recording that was written. */
export const readRecording = async (path: string) => readWav(await readFile(path));
