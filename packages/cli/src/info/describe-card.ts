import { shownText } from '@hifigan/checkpoint';
import { refinementKeys, type VoiceCard } from '@hifigan/vocoder';

/** Its name is all that a card must have; a configuration may have one as well. */
export function isCard(value: Readonly<Record<string, unknown>>): boolean {
  const own = [
    ...['description', 'licence', 'data', 'steps', 'parameters', 'precision'],
    ...refinementKeys,
  ];
  return (
    typeof value.name === 'string' &&
    own.some((key) => key in value) &&
    !('upsample_rates' in value || 'resblock' in value)
  );
}

/** For people: out of the file, so what it holds may be meant for the terminal. */
export function cardRows(card: VoiceCard): (readonly [string, string])[] {
  return Object.entries(card).map(
    ([key, value]) => [shownText(key), shownText(plain(value))] as const,
  );
}

/** Without brackets and quotes: `clips 100, melL1 (voice 0.4, griffinLim 0.1)`. */
function plain(value: unknown): string {
  if (Array.isArray(value)) return value.map(plain).join(', ');
  if (typeof value !== 'object' || value === null) return String(value);
  const parts = Object.entries(value).map(([key, part]) => {
    const text = plain(part);
    return typeof part === 'object' && part !== null ? `${key} (${text})` : `${key} ${text}`;
  });
  return parts.join(', ');
}
