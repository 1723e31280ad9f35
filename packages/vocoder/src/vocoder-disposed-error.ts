/** Work that a vocoder was asked for that is being disposed of, or is. */
export class VocoderDisposedError extends Error {
  override readonly name = 'VocoderDisposedError';

  constructor(what: string) {
    super(
      `${what}: the vocoder must not be disposed of before this has ended, because its weights are freed then; load another, or dispose later`,
    );
  }
}
