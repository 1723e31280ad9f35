import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createMelSpectrogram, melOptions, melToArray, readWav } from '@hifigan/audio';
import { writeNpy } from '@hifigan/checkpoint';
import { tinyConfig } from '@hifigan/testkit';

/**
 * Mels of recordings as another model may have made them: each value a quarter higher. By the ids, as they are stored.
 */
export async function writeMels(
  folder: string,
  wavs: string,
  ids: readonly string[],
): Promise<Map<string, Float32Array>> {
  await mkdir(folder, { recursive: true });
  const spectrogram = createMelSpectrogram(melOptions(tinyConfig));
  const stored = new Map<string, Float32Array>();
  for (const id of ids) {
    const { channels } = readWav(await readFile(join(wavs, `${id}.wav`)));
    const mel = spectrogram.analyze(channels[0]);
    const array = melToArray({ ...mel, data: mel.data.map((value) => value + 0.25) });
    await writeFile(join(folder, `${id}.npy`), writeNpy(array));
    stored.set(id, array.data);
  }
  return stored;
}
