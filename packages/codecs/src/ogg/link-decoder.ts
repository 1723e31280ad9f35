import type { Page } from './pages.js';

/** What a stream of sound in an Ogg file is. */
export interface LinkHeader {
  readonly encoding: string;
  /** Hz. */
  readonly samplingRate: number;
  readonly channelCount: number;
}

/** Decodes one stream of sound, page by page. Of each piece all channels are as long; it may be empty. */
export interface LinkDecoder extends LinkHeader {
  push(page: Page): Promise<Float32Array[][]>;
  /** @throws Problem where the stream is not whole */
  end(): Promise<Float32Array[][]>;
  free(): void;
}
