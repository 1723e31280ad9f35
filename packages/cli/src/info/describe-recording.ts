import { toMono } from '@hifigan/audio';
import { peak } from '../files/peak.js';
import { readRecording } from '../files/read-recording.js';
import { CANCELLED, cancels } from '../files/recording-notices.js';
import { counted, duration } from '../terminal/format.js';
import type { Description } from './describe.js';

/** @throws UserError where it is broken */
export async function describeRecording(bytes: Uint8Array, where: string): Promise<Description> {
  const { samplingRate, channels, encoding } = await readRecording(bytes, where);
  const samples = channels[0].length;
  let loudest = 0;
  let squares = 0;
  for (const channel of channels) {
    for (const value of channel) {
      loudest = Math.max(loudest, Math.abs(value));
      squares += value * value;
    }
  }
  const decibel = (amplitude: number) =>
    amplitude > 0 ? `${(20 * Math.log10(amplitude)).toFixed(1)} dB` : 'silence';
  const cancelled = cancels({
    channels: channels.length,
    peak: peak(toMono(channels)),
    channelPeak: loudest,
  });
  const rms = Math.sqrt(squares / Math.max(1, samples * channels.length));
  return {
    kind: 'recording',
    facts: {
      samplingRate,
      channels: channels.length,
      format: encoding,
      samples,
      seconds: samples / samplingRate,
      peak: loudest,
      rms,
      cancelled,
    },
    shown: [
      ['length', `${duration(samples / samplingRate)}, ${counted(samples, 'sample')}`],
      ['rate', `${samplingRate} Hz`],
      ['channels', String(channels.length)],
      ['format', encoding],
      ['peak', decibel(loudest)],
      ['loudness', `${decibel(rms)} (root mean square)`],
      ...(cancelled ? [['note', CANCELLED] as const] : []),
    ],
  };
}
