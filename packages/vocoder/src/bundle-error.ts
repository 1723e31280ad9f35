/** A bundle whose files cannot be used as they are; nothing of it was. The message names each file and the cure. */
export class BundleError extends Error {
  override readonly name = 'BundleError';

  constructor(
    where: string,
    /** What is wrong, a file or a key each. */
    readonly problems: readonly string[],
    /** `headline`: what all of them come to. */
    { headline, ...options }: ErrorOptions & { readonly headline?: string } = {},
  ) {
    const lines = problems.map((line) => `\n  ${line}`).join('');
    super(
      headline === undefined && problems.length === 1
        ? `${where}: ${problems[0]}`
        : `${where}: ${headline ?? `${problems.length} problems`}${lines}`,
      options,
    );
  }
}
