/** What does not fit, by kind; names as they are stored. */
export type StateProblems = Readonly<Record<'missing' | 'extra' | 'misshapen', readonly string[]>>;

/** Names of a kind that the message lists; all are in the error's properties. */
const MOST_NAMED = 5;

/** Weights that do not fit a network, and nothing was loaded. The message begins with what can be told of the cause. */
export class StateError extends Error {
  override readonly name = 'StateError';
  /** All of them. */
  readonly missing: readonly string[];
  readonly extra: readonly string[];
  readonly misshapen: readonly string[];
  /** Keys of the configuration that the weights contradict: `num_mels: 40 in the weights, 80 in the configuration`. */
  readonly differences: readonly string[];
  /** The message with every name in it. */
  readonly listing: string;

  /** @param configuration what its file is called */
  constructor(
    where: string,
    problems: StateProblems,
    differences: readonly string[] = [],
    configuration?: string,
  ) {
    const it =
      configuration === undefined ? 'the configuration' : `the configuration, ${configuration},`;
    const cause =
      differences.length > 0
        ? `${it} is another model’s; take the one that the weights were trained with`
        : `check that ${configuration ?? 'configuration'} and weights belong together`;
    const text = (most: number) =>
      [
        `${where}: arrays must be those of the network, because it is rebuilt from them; ${cause}`,
        ...differences.map((difference) => `  ${difference}`),
        ...Object.entries(problems).flatMap(([what, names]) => named(what, names, most)),
      ].join('\n');
    super(text(MOST_NAMED));
    this.listing = text(Number.POSITIVE_INFINITY);
    this.missing = problems.missing;
    this.extra = problems.extra;
    this.misshapen = problems.misshapen;
    this.differences = differences;
  }
}

function named(what: string, names: readonly string[], most: number): string[] {
  if (names.length === 0) return [];
  const more = names.length - most;
  return [
    `  ${what} (${names.length}):`,
    ...names.slice(0, most).map((name) => `    ${name}`),
    ...(more > 0 ? [`    and ${more} more`] : []),
  ];
}
