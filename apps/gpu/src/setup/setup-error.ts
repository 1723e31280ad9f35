/** A setup that cannot go on, for a reason that the user can mend; the message says how. */
export class SetupError extends Error {
  override readonly name = 'SetupError';
}
