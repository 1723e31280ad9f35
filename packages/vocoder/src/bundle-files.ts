/** A bundle as files; where they come from is the caller's business. */
export interface BundleFiles {
  /** `bundle.json`, text; bundles of format 1 have none. */
  readonly manifest?: string;
  /** `config.json`, text. */
  readonly config: string;
  /** `generator.safetensors`, bytes. */
  readonly generator: Uint8Array;
  /** `card.json`, text. */
  readonly card?: string;
}

/** The names of a bundle's files in its folder. */
export const bundleFileNames = {
  manifest: 'bundle.json',
  config: 'config.json',
  generator: 'generator.safetensors',
  card: 'card.json',
  golden: 'golden.safetensors',
} as const;

/** A file of a bundle by its part in it. */
export type BundlePart = keyof typeof bundleFileNames;

/** What to call the files in errors; their plain names where left out. */
export type BundlePlaces = Readonly<Partial<Record<BundlePart, string>>>;

/** All that is read of a bundle when it is opened: the golden files wait until they are asked for. */
export const OPENED_PARTS = ['manifest', 'config', 'generator', 'card'] as const;

/** What to tell of a bundle without a manifest. */
export function olderNotice(where: string): string {
  return (
    `${where}: has no ${bundleFileNames.manifest}, as before format 2: nothing tells whether its files are whole and its sound is right, ` +
    'and its mels are taken for those of its configuration; renew it with: hifigan pack BUNDLE -o BUNDLE --force'
  );
}
