/** What `Vocoder.load` of `@hifigan/vocoder` takes. */
export interface PackagedVoice {
  /** What to call it in errors. */
  readonly where: string;
  /**
   * @param name of a file of the bundle
   * @param options `signal` ends the reading
   * @returns its bytes; undefined where there is none of that name
   * @throws Error naming the file that cannot be had; the signal's reason
   */
  read(name: string, options?: { readonly signal?: AbortSignal }): Promise<Uint8Array | undefined>;
}
