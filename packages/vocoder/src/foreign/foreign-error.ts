/** Files of another program that cannot be used. Nothing of them was. */
export class ForeignError extends Error {
  override readonly name = 'ForeignError';
}
