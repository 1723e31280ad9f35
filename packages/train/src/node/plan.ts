import type { HifiGanConfig } from '@hifigan/config';
import { Generator } from '@hifigan/models';
import { checkRecordings, tellMixed } from './check-recordings.js';
import { parseFileList, readFileList } from './file-list.js';
import type { RunOptions } from './run-options.js';
import { openWavClips } from './wav-clips.js';

/** What a training would do. */
export interface TrainingPlan {
  readonly clips: number;
  /** Of all training clips, from their headers. */
  readonly hours: number;
  readonly validationClips: number;
  readonly stepsPerEpoch: number;
  /** `[batch, frames, mels]` */
  readonly melShape: readonly number[];
  /** `[batch, samples, 1]` */
  readonly audioShape: readonly number[];
  /** Clips that go through the networks together. */
  readonly microBatch: number;
  readonly parameters: { readonly generator: number; readonly discriminators: number };
  /** An estimate, good to about a factor of two: what a step of all networks holds at once. */
  readonly memoryBytes: number;
}

/** Whatever the configuration says: 41,105,770 of the periods, 29,618,821 of the scales. */
const DISCRIMINATOR_PARAMETERS = 41_105_770 + 29_618_821;

/**
 * Looks at the data and the configuration as a training would, and makes nothing. Needs an active tfjs backend.
 *
 * @param warn told of what is odd about the recordings
 * @throws where lists or recordings are missing or wrong; the signal's reason where that is aborted
 */
export async function planTraining(
  options: Pick<
    RunOptions,
    'config' | 'wavs' | 'trainingFile' | 'validationFile' | 'microBatch' | 'signal'
  >,
  warn: (text: string) => void = () => undefined,
): Promise<TrainingPlan> {
  const { config, wavs, trainingFile, validationFile, signal } = options;
  const samplingRate = config.sampling_rate;
  const idsOf = async (list: string) => parseFileList(await readFileList(list), list);
  const { ids } = openWavClips({ folder: wavs, ids: await idsOf(trainingFile), samplingRate });
  const lookAt = async (ids: readonly string[]) => {
    const { seconds, mixed } = await checkRecordings({ folder: wavs, ids, samplingRate, signal });
    signal?.throwIfAborted();
    tellMixed(mixed, warn);
    return seconds;
  };
  const seconds = await lookAt(ids);
  const empty = !validationFile || (await readFileList(validationFile)).trim() === '';
  const held = empty ? [] : await idsOf(validationFile);
  openWavClips({ folder: wavs, ids: held, samplingRate });
  await lookAt(held);

  const generator = Generator.empty(config);
  const size = [...generator.parameters.values()].reduce((sum, { size }) => sum + size, 0);
  generator.dispose();
  const { batch_size: batch, segment_size: samples } = config;
  // `auto` begins with the whole batch.
  const given = typeof options.microBatch === 'number' ? options.microBatch : batch;
  const microBatch = Math.min(batch, given);
  return {
    clips: ids.length,
    hours: seconds / 3600,
    validationClips: held.length,
    stepsPerEpoch: Math.max(1, Math.floor(ids.length / batch)),
    melShape: [batch, samples / config.hop_size, config.num_mels],
    audioShape: [batch, samples, 1],
    parameters: { generator: size, discriminators: DISCRIMINATOR_PARAMETERS },
    microBatch,
    memoryBytes: memoryOf(config, microBatch, size + DISCRIMINATOR_PARAMETERS),
  };
}

/** Float32 weights, gradients and two moments; and what the layers keep for their gradients. */
function memoryOf(config: HifiGanConfig, clips: number, parameters: number): number {
  // Values a layer keeps for each sample of audio: channels, fewer before the upsampling is done.
  let perSample = 0;
  let length = 1;
  config.upsample_rates.forEach((rate, stage) => {
    length *= rate;
    const channels = config.upsample_initial_channel / 2 ** (stage + 1);
    perSample += (channels * length) / config.hop_size;
  });
  const convolutions =
    config.resblock_dilation_sizes.reduce((sum, dilations) => sum + dilations.length, 0) *
    (config.resblock === '1' ? 2 : 1);
  // Periods: 5 × (32/3 + 128/9 + 512/27 + 2 × 1024/81); scales: 336 × (1 + 1/2 + 1/4); of true and made audio.
  const discriminators = 2 * (346 + 588);
  // Each convolution's result and what the activation makes of it.
  const values = 2 * (perSample * convolutions + discriminators);
  return 4 * (4 * parameters + clips * config.segment_size * values);
}
