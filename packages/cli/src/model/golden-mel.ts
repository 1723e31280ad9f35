import { createProfileAnalysis, type Mel } from '@hifigan/audio';
import type { HifiGanConfig } from '@hifigan/config';
import { type Bundle, GOLDEN_FRAMES, loudestFrames, profileOf } from '@hifigan/vocoder';
import type { Context } from '../context.js';
import { RecordingReader } from '../files/read-recording.js';
import { analyzeRecording } from './analyze-recording.js';
import { testSpeech } from './test-speech.js';

/**
 * The mel, of the model's convention, that a bundle will prove itself by: the loudest half second of a recording; else
 * that which the bundle has; else something like speech.
 *
 * @param recording as the user typed it
 * @throws UserError where the recording cannot be read or is too short
 */
export async function goldenMel(
  context: Context,
  bundle: Pick<Bundle, 'config' | 'golden' | 'profile'>,
  recording: string | undefined,
): Promise<Mel> {
  const { config, golden } = bundle;
  if (recording === undefined && golden) return (await golden()).mel;
  const analysis = createProfileAnalysis(profileOf(bundle));
  const audio = recording
    ? (await new RecordingReader(context, config.sampling_rate).read(recording, recording)).audio
    : testSpeech(config.sampling_rate, secondsOf(config));
  return loudestFrames(analyzeRecording(analysis, audio, recording ?? 'test speech'));
}

/** Of the frames, and of what mirroring at both ends needs. */
function secondsOf({ hop_size, n_fft, sampling_rate }: HifiGanConfig): number {
  return Math.max(GOLDEN_FRAMES * hop_size, n_fft) / sampling_rate;
}
