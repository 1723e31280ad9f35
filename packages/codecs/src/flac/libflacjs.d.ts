// The types of libflacjs say nothing of its builds; of this one, what we use.
declare module 'libflacjs/dist/libflac.min.js' {
  /** libFLAC, by the names of its C functions. */
  export interface Libflac {
    isReady(): boolean;
    on(event: 'ready', listener: () => void): void;
    /** @returns 0 where the values are not allowed */
    create_libflac_encoder(
      samplingRate: number,
      channels: number,
      bits: number,
      level: number,
      samples: number,
      verify: boolean,
    ): number;
    /** @returns 0 where all is well */
    init_encoder_stream(
      id: number,
      write: (bytes: Uint8Array) => void,
      metadata: (facts: {
        readonly min_framesize: number;
        readonly max_framesize: number;
        readonly total_samples: number;
        readonly md5sum: string;
      }) => void,
    ): number;
    FLAC__stream_encoder_process_interleaved(
      id: number,
      samples: Int32Array,
      count: number,
    ): boolean;
    FLAC__stream_encoder_get_state(id: number): number;
    FLAC__stream_encoder_finish(id: number): boolean;
    FLAC__stream_encoder_delete(id: number): void;
  }
  const flac: Libflac;
  export default flac;
}
