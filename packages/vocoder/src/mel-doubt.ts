import { type Mel, type MelProfile, melProfile, recognizeMel } from '@hifigan/audio';

/**
 * What looks wrong with the numbers of a mel, or nothing: it may be of another convention (decibels, base 10,
 * normalised, no logarithm at all), and would give noise. It is what `recognizeMel` of @hifigan/audio finds, in one
 * sentence.
 *
 * @param profile what the model takes; HiFi-GAN's of that many bands where left out
 */
export function melDoubt({ data, frames, mels }: Mel, profile?: MelProfile): string | undefined {
  const wanted = profile ?? { ...melProfile('hifigan')!, mels };
  const found = recognizeMel({ shape: [frames, mels], data }, { wanted });
  if (found.verdict === 'fits') return undefined;
  const { candidates, verdict, evidence, sure } = found;
  const range = rangeOf(data);
  if (verdict === 'unsure') {
    return `values from ${range} may be those that are needed or not: ${evidence.at(-1)}; mel --check says what to do`;
  }
  if (verdict !== 'foreign') {
    return `values from ${range} do not look like ${rangeWords(wanted)}: ${evidence.at(-1)}; the mel command makes the right ones`;
  }
  const names = candidates.map(({ name }) => name).join(', ');
  const kinds = new Set(candidates.map(({ profile }) => kindOf(profile, wanted)));
  return `values from ${range} look like ${[...kinds].join(' or ')} (${sure ? sure.name : names}), where ${wordsOf(wanted)} are needed; --mel-profile converts them, and mel --check says why`;
}

const LOGARITHMS: Readonly<Record<MelProfile['log'], string>> = {
  natural: 'natural logarithms',
  log10: 'logarithms of base 10',
  decibel: 'decibels',
  none: 'magnitudes without a logarithm',
};

/** What the numbers are, told from what is wanted. */
function kindOf(profile: MelProfile, wanted: MelProfile): string {
  const kind = wordsOf(profile);
  return kind === wordsOf(wanted) ? 'those of other bands' : kind;
}

function wordsOf({ log, magnitude, normalisation }: MelProfile): string {
  if (normalisation?.kind === 'range') return 'decibels scaled to a range';
  if (normalisation?.kind === 'statistics') return 'logarithms normalised by statistics';
  return log === 'natural' && magnitude === 'power'
    ? 'natural logarithms of powers'
    : LOGARITHMS[log];
}

/** With where they lie in speech, of HiFi-GAN's. */
function rangeWords(wanted: MelProfile): string {
  const { log, magnitude, floor, normalisation } = wanted;
  const own = log === 'natural' && magnitude === 'amplitude' && floor === 1e-5 && !normalisation;
  return own ? 'natural logarithms of magnitudes (-11.51 to about 2)' : wordsOf(wanted);
}

function rangeOf(data: Float32Array): string {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of data) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return `${low.toFixed(2)} to ${high.toFixed(2)}`;
}
