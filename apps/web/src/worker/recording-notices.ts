import { toMono } from '@hifigan/audio';

/** A recording's mix, and what is odd about it that would be heard and not be understood. */
export function mixed(channels: readonly Float32Array[]): {
  readonly mono: Float32Array;
  readonly notices: readonly string[];
} {
  if (channels.length === 1) return { mono: channels[0], notices: ofLevel(peakOf(channels[0])) };
  const mono = toMono(channels);
  const peak = peakOf(mono);
  const notices = [`${channels.length} channels were mixed into one`];
  const loudest = Math.max(...channels.map(peakOf));
  if (loudest > 0 && peak < loudest / 1000) {
    notices.push('its channels cancel each other when they are mixed: keep one of them');
    return { mono, notices };
  }
  return { mono, notices: [...notices, ...ofLevel(peak)] };
}

/** What becomes of its rate, if anything. @param voiceRate Hz */
export function ofRate(samplingRate: number, voiceRate: number): readonly string[] {
  if (samplingRate === voiceRate) return [];
  const empty =
    samplingRate < voiceRate ? `; above ${samplingRate / 2} Hz there is no sound in it` : '';
  return [`${samplingRate} Hz became the voice’s ${voiceRate} Hz${empty}`];
}

function ofLevel(peak: number): readonly string[] {
  if (peak === 0) return ['there is nothing but silence in it'];
  if (peak <= 1) return [];
  return [
    `it is louder than full scale (peak ${peak.toFixed(2)}, where 1 is the most that voices hear): make it quieter for a better sound`,
  ];
}

function peakOf(audio: Float32Array): number {
  let peak = 0;
  for (const sample of audio) peak = Math.max(peak, Math.abs(sample));
  return peak;
}
