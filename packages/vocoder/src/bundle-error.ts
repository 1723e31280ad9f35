/** A bundle whose files cannot be used as they are; nothing of it was. The message names each file and the cure. */
export class BundleError extends Error {
  override readonly name = 'BundleError';

  constructor(
    where: string,
    /** What is wrong, a file or a key each. */
    readonly problems: readonly string[],
    options?: ErrorOptions,
  ) {
    super(
      problems.length === 1
        ? `${where}: ${problems[0]}`
        : `${where}: ${problems.length} problems\n${problems.map((line) => `  ${line}`).join('\n')}`,
      options,
    );
  }
}
