/** One thing that is wrong with a configuration. */
export interface ConfigProblem {
  /** Where: `upsample_rates`, `resblock_dilation_sizes[0][2]`; empty for the whole. */
  readonly path: string;
  /** What must be, why, and what to do. */
  readonly message: string;
}

/** A configuration that cannot be used, with everything that is wrong with it. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(
    /** The file it came from, or what it was called. */
    readonly where: string,
    readonly problems: readonly ConfigProblem[],
  ) {
    const lines = problems.map(({ path, message }) => (path ? `${path}: ${message}` : message));
    super(
      lines.length === 1
        ? `${where}: ${lines[0]}`
        : `${where}: ${lines.length} problems\n${lines.map((line) => `  ${line}`).join('\n')}`,
    );
  }
}
