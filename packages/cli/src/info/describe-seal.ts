import { join } from 'node:path';
import type { MelProfile } from '@hifigan/audio';
import { shownText } from '@hifigan/checkpoint';
import { type BundleManifest, bundleFileNames, readManifest } from '@hifigan/vocoder';
import { type Context, pathOf } from '../context.js';
import { readInput } from '../files/read-input.js';
import { exists } from '../files/write-atomic.js';
import { byteSize, counted } from '../terminal/format.js';
import type { Description } from './describe.js';

type Part = Pick<Description, 'facts' | 'shown'>;

/** What a bundle states of itself. @throws BundleError where its manifest is broken */
export async function describeSeal(context: Context, folder: string): Promise<Part> {
  const path = join(folder, bundleFileNames.manifest);
  if (!(await exists(pathOf(context, path)))) {
    return {
      facts: { format: 1 },
      shown: [
        [
          'bundle',
          `format 1, before bundles stated themselves; renew it with: hifigan pack ${folder} -o ${folder} --force`,
        ],
      ],
    };
  }
  return describeManifest(
    readManifest(new TextDecoder().decode(await readInput(context, path)), path),
  );
}

/** What `bundle.json` says. */
export function describeManifest(manifest: BundleManifest): Part {
  const { format, weights, mel, golden, files, sha256 } = manifest;
  const bytes = Object.values(files).reduce((sum, file) => sum + file.bytes, 0);
  const { rounding } = weights;
  const percent = (value: number) => `${Number((100 * value).toPrecision(2))}%`;
  return {
    facts: { format, profile: mel, golden, precisionOfWeights: weights, files },
    shown: [
      [
        'bundle',
        `format ${format}, ${counted(Object.keys(files).length, 'file')} with SHA-256, ${byteSize(bytes)}${sha256 === undefined ? '; its manifest is NOT sealed (info --verify tells more)' : ''}`,
      ],
      ['profile', profileWords(mel)],
      [
        'golden',
        `${counted(golden.frames, 'frame')}, by ${shownText(golden.engine)}; may differ by ${percent(golden.tolerance)} of the peak (info --verify compares)`,
      ],
      ...(rounding
        ? [
            [
              'float16',
              `moved the golden output by at most ${percent(rounding.max)} of the peak`,
            ] as const,
          ]
        : []),
    ],
  };
}

/** What the numbers of a mel mean, in words. */
export function profileWords(mel: MelProfile): string {
  const top = mel.fmax ?? mel.samplingRate / 2;
  return `${mel.samplingRate} Hz, hop ${mel.hopSize} (${mel.framing}), window ${mel.windowSize} of ${mel.fftSize}, ${mel.mels} ${mel.filterbank} bands from ${mel.fmin} to ${top} Hz, ${mel.magnitude}, ${LOGARITHMS[mel.log]}, ${floorWords(mel)}, ${normalisationWords(mel)}`;
}

/** What becomes of what is too quiet for a logarithm. */
export function floorWords({ floor, floorBy }: Pick<MelProfile, 'floor' | 'floorBy'>): string {
  return floorBy === 'add' ? `${floor} added to all` : `at least ${floor}`;
}

const LOGARITHMS: Readonly<Record<MelProfile['log'], string>> = {
  natural: 'natural logarithm',
  log10: 'logarithm of base 10',
  decibel: 'decibels',
  none: 'no logarithm',
};

function normalisationWords({ normalisation }: MelProfile): string {
  return normalisation === undefined ? 'not normalised' : `normalised by ${normalisation.kind}`;
}
