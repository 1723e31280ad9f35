/** An engine made what is no sound. The vocoder goes on; whether the engine does, the next call tells. */
export class EngineError extends Error {
  override readonly name = 'EngineError';

  /**
   * @param where the generator
   * @param engine what computed
   * @param made what it made, and what it must make
   */
  constructor(where: string, engine: string, made: string) {
    super(
      `${where}: ${engine} made ${made}; call again, and where it repeats take another backend (hifigan doctor tells which work) or an earlier checkpoint`,
    );
  }
}
