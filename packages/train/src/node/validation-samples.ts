import { createMelSpectrogram, type MelSpectrogram, melOptions, writeWav } from '@hifigan/audio';
import type { HifiGanConfig } from '@hifigan/config';
import type { MeasuredClip } from '../validation.js';
import { drawMel, drawMelDifference, melRange, type Picture, toPng } from './spectrogram-image.js';
import type { AudioValue, ImageValue, LogValue } from './tensorboard/log-event.js';

/** Clips of a validation that are kept as sound and pictures, as in the reference. */
export const SAMPLED_CLIPS = 5;

/** Tags of the N-th clip: recording, generated audio, their spectrograms, and how the latter differs. */
export const sampleTags = (index: number) => ({
  recording: `gt/y_${index}`,
  recordingMel: `gt/y_spec_${index}`,
  generated: `generated/y_hat_${index}`,
  generatedMel: `generated/y_hat_spec_${index}`,
  difference: `difference/y_spec_${index}`,
});

/** Sound and pictures of the first clips of a validation. */
export class ValidationSamples {
  readonly values: LogValue[] = [];
  private readonly config: HifiGanConfig;
  private readonly spectrogram: MelSpectrogram;

  constructor(config: HifiGanConfig) {
    this.config = config;
    this.spectrogram = createMelSpectrogram(melOptions(config));
  }

  /**
   * @param index of the clip among those that are measured; later ones are passed over
   * @param withRecording whether the recording is kept, too
   */
  add(index: number, { audio, generated }: MeasuredClip, withRecording: boolean): void {
    // Of a spoilt generator there is nothing to hear or see.
    if (index >= SAMPLED_CLIPS || !generated.every(Number.isFinite)) return;
    const tags = sampleTags(index);
    const original = this.spectrogram.analyze(audio);
    const made = this.spectrogram.analyze(generated);
    // One scale for both, or they could not be compared.
    const range = melRange(original);
    if (withRecording) {
      this.values.push(
        this.audioValue(tags.recording, audio),
        imageValue(tags.recordingMel, drawMel(original, range)),
      );
    }
    this.values.push(
      this.audioValue(tags.generated, generated),
      imageValue(tags.generatedMel, drawMel(made, range)),
      imageValue(tags.difference, drawMelDifference(original, made)),
    );
  }

  private audioValue(tag: string, samples: Float32Array): AudioValue {
    const samplingRate = this.config.sampling_rate;
    const wav = writeWav({ samplingRate, channels: [samples] });
    return { kind: 'audio', tag, samplingRate, channels: 1, samples: samples.length, wav };
  }
}

function imageValue(tag: string, picture: Picture): ImageValue {
  const { width, height } = picture;
  return { kind: 'image', tag, width, height, png: toPng(picture) };
}
