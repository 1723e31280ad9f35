import { shownText } from '@hifigan/checkpoint';
import { BundleError } from './bundle-error.js';
import { readCard, refinementKeys, refinementOf, type VoiceCard } from './card.js';

// What ONNX files say of a voice. Names, as far as they have any, are those of vocoders for sherpa-onnx.

/** What of a card an ONNX file takes along. */
export function cardToMetadata(card: VoiceCard | undefined): Readonly<Record<string, string>> {
  const { name, description, licence, data } = card ?? {};
  const facts = {
    ...{ model_filename: name, comment: description, license: licence, dataset: data },
    ...refinementOf(card),
  };
  return Object.fromEntries(
    Object.entries(facts).flatMap(([key, value]) =>
      value === undefined ? [] : [[key, `${value}`]],
    ),
  );
}

/**
 * The card of a voice that {@link cardToMetadata} has told, as far as it was taken along.
 *
 * @param where what to call the file in errors
 * @returns nothing where it does not say how its sound is refined
 * @throws BundleError where it says so in other words than ours
 */
export function cardFromMetadata(
  metadata: ReadonlyMap<string, string>,
  where: string,
): VoiceCard | undefined {
  const said = refinementKeys.flatMap((key) => {
    const text = metadata.get(key);
    return text === undefined ? [] : [[key, text] as const];
  });
  if (said.length === 0) return undefined;
  const numbers = said.filter(([key]) => key !== 'phases');
  for (const [key, text] of numbers) {
    if (/^\d+(\.\d+)?$/.test(text)) continue;
    throw new BundleError(where, [
      `its ${key} must be a number, because it says how the sound is refined, and is ${shownText(text)}; export it anew`,
    ]);
  }
  const card = {
    name: metadata.get('model_filename') ?? where,
    description: metadata.get('comment'),
    licence: metadata.get('license'),
    data: metadata.get('dataset'),
    phases: metadata.get('phases'),
    ...Object.fromEntries(numbers.map(([key, text]) => [key, Number(text)])),
  };
  return readCard(JSON.stringify(card), where);
}
