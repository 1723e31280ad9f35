import type { HifiGanConfig } from '@hifigan/config';

/** The programs whose generators can be read. */
export type LayoutName =
  | 'reference'
  | 'transformers'
  | 'parallel-wavegan'
  | 'espnet'
  | 'coqui'
  | 'nemo';

/** A kind of convolution of the generator, by upstream's name for it. */
export type Module = 'conv_pre' | 'ups' | 'convs1' | 'convs2' | 'convs' | 'conv_post';

/** How a program names and configures what is upstream's generator but for that. Data alone. */
export interface Layout {
  readonly name: LayoutName;
  /** For people: `transformers' SpeechT5HifiGan`. */
  readonly description: string;
  /**
   * What its modules are called. `{stage}` counts upsamplings, `{kernel}` the residual blocks of a stage, `{block}`
   * those of all stages, `{i}` the convolutions of a block. The first spelling is the one to write, others are read as
   * well.
   */
  readonly modules: Readonly<Partial<Record<Module, readonly string[]>>>;
  /** What may stand before all names; what has none of it belongs to the model around the generator. */
  readonly prefixes: readonly string[];
  /** Beginnings of names, after the prefix, of what is kept beside the generator and not needed. */
  readonly beside: readonly string[];
  /** What mels are normalised with before the generator takes them. */
  readonly statistics?: Statistics;
  readonly facts: Facts;
  /** Modules that have no biases where an option is off. */
  readonly withoutBias?: WithoutBias;
  /** Endings of the names of mixtures that look like a generator of this layout and are none, and why. */
  readonly notGenerators?: readonly NotGenerator[];
}

/** `(mel - mean) / scale`, a number each band. */
export interface Statistics {
  /** Where the arrays are among the weights; `{prefix}` is the one that was found. */
  readonly mean: string;
  readonly scale: string;
  /** Path of the option that says whether they are used, null where not; where it is absent, `otherwise`. */
  readonly option?: string;
  readonly otherwise: boolean;
  /** Whether most models have none: where they are not there, nothing is missing. */
  readonly rare?: boolean;
}

export interface WithoutBias {
  /** Path of an option whose `false` takes the biases of `modules` away. */
  readonly option: string;
  readonly modules: readonly Module[];
}

export interface NotGenerator {
  /** Beginning of names that only such a model has. */
  readonly prefix: string;
  /** Follows "holds": `a VITS decoder, which takes latent variables and no mels`. */
  readonly what: string;
}

/**
 * Where the facts of our configuration stand in theirs. Paths have dots between keys; of several the first that is
 * there counts.
 */
export interface Facts {
  readonly paths: Readonly<Partial<Record<FactKey, readonly string[]>>>;
  /** Where lengths stand in seconds, if they do not stand in samples. */
  readonly seconds?: Readonly<Partial<Record<FactKey, string>>>;
  /** Block 1 is what has this value, block 2 all else; where nothing is said, block 1. */
  readonly block?: { readonly paths: readonly string[]; readonly first: unknown };
  /** What the program takes where its configuration is silent. */
  readonly defaults: Partial<Pick<HifiGanConfig, FactKey>>;
  /** What models of this kind usually have, where their files cannot say: taken, and told. */
  readonly usual: Partial<Pick<HifiGanConfig, FactKey>>;
  /**
   * Whether, where nothing is said, the transform has the power of two that holds a window; else the other way round.
   */
  readonly transformOfWindow?: boolean;
  /** Options that our generator has in one way only. */
  readonly requirements: readonly Requirement[];
  /**
   * Whether a stage whose kernel minus rate is odd makes one sample more than its rate, as upstream's does; ours and
   * some others pad by half of it, rounded up, instead.
   */
  readonly extraSample: boolean;
}

export type FactKey =
  | 'num_mels'
  | 'sampling_rate'
  | 'n_fft'
  | 'hop_size'
  | 'win_size'
  | 'fmin'
  | 'fmax'
  | 'upsample_rates'
  | 'upsample_kernel_sizes'
  | 'upsample_initial_channel'
  | 'resblock_kernel_sizes'
  | 'resblock_dilation_sizes';

export interface Requirement {
  readonly path: string;
  /** Values that are as ours; absence is, too. */
  readonly is: readonly unknown[];
  readonly because: string;
}

/** What ours has in one way only, in words. */
export const BECAUSE = {
  slope: 'the generator has leaky ReLUs with a slope of 0.1',
  activation: 'the generator has leaky ReLUs',
  channels:
    'the generator makes one channel; bands to be put together by a filterbank are another model',
  causal: 'the generator looks ahead; convolutions that only look back are another network',
  kernel: 'the first and the last convolution of the generator are 7 wide',
  condition: 'the generator knows no speakers or other conditions',
  linear: 'the generator begins with a convolution, not with a linear layer',
  kind: 'only a HiFi-GAN generator can be read',
} as const;
