import { basename, dirname } from 'node:path';
import { checkGeneratorState } from '@hifigan/models';
import {
  type BundleManifest,
  packBundle,
  type VoiceCard,
  type WeightsPrecision,
} from '@hifigan/vocoder';
import { activateBackend } from '../backends/activate.js';
import { type Context, heedInterrupt } from '../context.js';
import { readUnchanged } from '../files/source-files.js';
import { goldenMel } from '../model/golden-mel.js';
import { listed } from '../model/listed.js';
import { stepsOf } from '../model/locate-checkpoint.js';
import { parameterCount } from '../model/parameter-count.js';
import type { ReadModel } from '../model/read-model.js';
import { checkFiles } from './check-files.js';
import type { TargetPlace } from './target-place.js';
import { writeTarget } from './target-place.js';

/** How a bundle is made. */
export interface PackModelOptions {
  readonly precision?: WeightsPrecision;
  /** What is said of the voice, before what is known of it. */
  readonly card?: Partial<VoiceCard>;
  /** A recording for the golden output, as the user typed it. */
  readonly golden?: string;
  readonly backend: string;
  readonly threads?: number;
}

/** A bundle that was written. */
export interface PackedModel {
  readonly files: readonly string[];
  readonly bytes: number;
  readonly card: VoiceCard;
  readonly manifest: BundleManifest;
  /** Of a weight as it was read again, relative to the largest of its array. */
  readonly difference: number;
}

/**
 * Writes a model as a bundle, whatever command asks for it: halves unless the model is a bundle of another precision,
 * and read again before it takes its name.
 *
 * @throws UserError before anything is computed where the model or the place are not as they must be
 */
export async function packModel(
  context: Context,
  { located, bundle }: ReadModel,
  place: Omit<TargetPlace, 'target'>,
  options: PackModelOptions,
): Promise<PackedModel> {
  const where = located.weights;
  try {
    checkGeneratorState(bundle.config, bundle.weights, where);
  } catch (error) {
    listed(error);
  }
  const card = cardOf({ located, bundle }, options.card);
  if (!card.licence) tellUnlicensed(context);
  const mel = await readUnchanged(context, (reading) => goldenMel(reading, bundle, options.golden));
  await activateBackend(context, options);
  const precision = options.precision ?? bundle.manifest?.weights.precision ?? 'float16';
  const { files, manifest } = await packBundle(
    { ...bundle, card },
    { mel, precision, where, pause: () => heedInterrupt(context) },
  );
  let difference = 0;
  const planned = {
    files: [...files].map(([name, bytes]) => ({ name, bytes })),
    async check(places: (name: string) => string) {
      ({ difference } = await checkFiles(context, places, bundle, { target: 'bundle', precision }));
    },
  };
  const bytes = await writeTarget(context, planned, { ...place, target: 'bundle' });
  return { files: [...files.keys()], bytes, card, manifest, difference };
}

/** What is said of the voice, what its card said before, and what can be told of one without. */
function cardOf(
  { located, bundle: { card, config, metadata } }: ReadModel,
  given: Partial<VoiceCard> = {},
): VoiceCard {
  const { foreign } = located;
  return {
    ...(foreign && { description: `Converted from ${foreign.recognized.layout.description}` }),
    ...card,
    ...given,
    name: given.name ?? card?.name ?? basename(dirname(located.weights)),
    steps: given.steps ?? card?.steps ?? stepsOf(located, metadata),
    parameters: parameterCount(config),
  };
}

function tellUnlicensed({ console }: Context): void {
  console.warn(
    'the card names no licence, and must, because whoever gets the voice has to know what they may do with it; name it with hifigan pack: --licence CC-BY-4.0, or whatever its recordings allow',
  );
}
