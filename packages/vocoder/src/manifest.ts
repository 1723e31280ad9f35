import { type MelProfile, readMelProfile } from '@hifigan/audio';
import { BundleError } from './bundle-error.js';

/** What this version writes, and the newest that it reads. Bundles without a manifest are of format 1. */
export const BUNDLE_FORMAT = 3;

/** From here on each manifest was sealed when it was packed; before, some were. */
export const SEALED_FORMAT = 3;

/** How the weights of a bundle are stored. */
export type WeightsPrecision = 'float16' | 'float32';

/** A file of a bundle as it was packed. */
export interface FileSeal {
  readonly bytes: number;
  /** SHA-256, lower-case hexadecimal. */
  readonly sha256: string;
}

/** Differences between two outputs; all as shares of the largest sample of the reference. */
export interface OutputDifference {
  readonly max: number;
  readonly mean: number;
}

/** `bundle.json`: what is in a bundle, and what must come of it. Further keys are allowed and read by nothing. */
export interface BundleManifest {
  readonly format: number;
  readonly weights: {
    readonly precision: WeightsPrecision;
    /** How far the output moved when the weights were rounded; where they were float32 before and no longer are. */
    readonly rounding?: OutputDifference;
  };
  /** The mel that the generator speaks. */
  readonly mel: MelProfile;
  readonly golden: {
    readonly frames: number;
    readonly samples: number;
    /** The largest difference from the golden output that is none, as a share of its largest sample. */
    readonly tolerance: number;
    /** What computed it. */
    readonly engine: string;
  };
  /** Every other file of the bundle by name. */
  readonly files: Readonly<Record<string, FileSeal>>;
  /**
   * SHA-256 of all else in the manifest, see {@link sealManifest}; absent in format 2, of which some were packed before
   * manifests were sealed: nothing tells whether it was changed. In later ones it was taken out.
   */
  readonly sha256?: string;
}

/**
 * Reads `bundle.json`.
 *
 * @throws BundleError with all that is wrong with it
 */
export function readManifest(text: string, where = 'bundle.json'): BundleManifest {
  const value = parsed(text, where);
  const { format } = value;
  if (!isWhole(format)) {
    throw new BundleError(where, [
      `format=${shown(format)} must be a whole number, because it says how a bundle is read; pack it anew: hifigan pack`,
    ]);
  }
  // First of all: what the rest of a newer one means is not known.
  if (format > BUNDLE_FORMAT) {
    throw new BundleError(where, [
      `format=${format} must be at most ${BUNDLE_FORMAT}, because this version knows no newer bundles; update @hifigan/vocoder (or hifigan), or have it packed by this version`,
    ]);
  }
  const problems = [
    ...weightsProblems(value.weights),
    ...goldenProblems(value.golden),
    ...filesProblems(value.files),
    ...melProblems(value.mel),
    ...(value.sha256 === undefined || isHash(value.sha256)
      ? []
      : [mustBe('sha256', value.sha256, '64 hexadecimal digits')]),
  ];
  if (problems.length > 0) throw new BundleError(where, problems);
  return value as unknown as BundleManifest;
}

type Fields = Readonly<Record<string, unknown>>;

function parsed(text: string, where: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    throw new BundleError(
      where,
      ['is not JSON, or cut off; copy the bundle again, or pack it anew: hifigan pack'],
      { cause },
    );
  }
  if (!isFields(value)) {
    throw new BundleError(where, [
      `${shown(value)} must be an object, because it lists what is in a bundle; copy the bundle again`,
    ]);
  }
  return value;
}

function weightsProblems(value: unknown): string[] {
  if (!isFields(value)) return [mustBe('weights', value, 'an object')];
  const { precision, rounding } = value;
  return [
    ...(precision === 'float16' || precision === 'float32'
      ? []
      : [mustBe('weights.precision', precision, '"float16" or "float32"')]),
    ...(rounding === undefined || (isFields(rounding) && isShare(rounding.max))
      ? []
      : [mustBe('weights.rounding', rounding, 'an object with a number max of at least 0')]),
  ];
}

function goldenProblems(value: unknown): string[] {
  if (!isFields(value)) return [mustBe('golden', value, 'an object')];
  return [
    ...(['frames', 'samples'] as const)
      .filter((key) => !(isWhole(value[key]) && (value[key] as number) > 0))
      .map((key) => mustBe(`golden.${key}`, value[key], 'a whole number of at least 1')),
    ...(isShare(value.tolerance) && value.tolerance > 0 && value.tolerance < 1
      ? []
      : [mustBe('golden.tolerance', value.tolerance, 'a number above 0 and below 1')]),
    ...(typeof value.engine === 'string' ? [] : [mustBe('golden.engine', value.engine, 'a text')]),
  ];
}

function filesProblems(value: unknown): string[] {
  if (!isFields(value)) return [mustBe('files', value, 'an object')];
  return Object.entries(value).flatMap(([name, seal]) =>
    isFields(seal) && isWhole(seal.bytes) && isHash(seal.sha256)
      ? []
      : [
          mustBe(
            `files[${JSON.stringify(name)}]`,
            seal,
            'an object with bytes (a whole number) and sha256 (64 hexadecimal digits)',
          ),
        ],
  );
}

function melProblems(value: unknown): string[] {
  try {
    readMelProfile(value, 'mel');
    return [];
  } catch (error) {
    if (error instanceof RangeError) return [error.message];
    throw error;
  }
}

function mustBe(key: string, value: unknown, what: string): string {
  return `${key}=${shown(value)} must be ${what}, because bundles are checked by it; pack the bundle anew: hifigan pack`;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const isWhole = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0;

const isHash = (value: unknown): value is string =>
  typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);

const isShare = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0;

function shown(value: unknown): string {
  const text = value === undefined ? 'missing' : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
