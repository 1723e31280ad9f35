import { CONVERT, COPY_AGAIN, fail } from '../audio-error.js';
import { hasMark } from '../bits.js';
import type { ByteWindow, Parsing } from '../byte-window.js';
import { type Page, readPages } from './pages.js';

export type OggFormat = 'vorbis' | 'opus' | 'ogg-flac';

/** A page of a stream of sound; several such streams follow each other where files were joined. */
export interface LinkPage {
  readonly page: Page;
  readonly format: OggFormat;
  /** Whether a stream begins with it, and another has ended before. */
  readonly begins: boolean;
}

const MARKS: readonly (readonly [string, OggFormat])[] = [
  ['\x01vorbis', 'vorbis'],
  ['OpusHead', 'opus'],
  ['\x7fFLAC', 'ogg-flac'],
];

/** What a stream's first page tells. */
export function oggFormatOf(firstBody: Uint8Array): OggFormat | undefined {
  return MARKS.find(([mark]) => hasMark(firstBody, 0, mark))?.[1];
}

/**
 * The pages of the streams of sound that follow each other. Of several at once (pictures, say) the first with sound
 * counts.
 *
 * @throws Problem where one has no end, or pages are missing
 */
export function* readLinks(window: ByteWindow): Parsing<LinkPage> {
  let heads: Page[] = [];
  let link: Link | undefined;
  let format: OggFormat | undefined;
  const begin = () => {
    link = new Link(heads);
    heads = [];
    format ??= link.format;
    if (format !== link.format) {
      fail(`it changes from ${format} to ${link.format}. ${CONVERT}`);
    }
    return { page: link.head, format, begins: true };
  };
  for (const page of readPages(window)) {
    if (!page) {
      yield undefined;
    } else if (page.first) {
      // All streams begin before any goes on.
      link?.end();
      link = undefined;
      heads.push(page);
    } else {
      if (heads.length > 0) yield begin();
      if (!link) return fail(`it is cut off at its beginning. ${COPY_AGAIN}`);
      if (link.has(page)) yield { page, format: link.format, begins: false };
    }
  }
  if (heads.length > 0) yield begin();
  link?.end();
}

/** A stream of sound, as its pages come. */
class Link {
  readonly format: OggFormat;
  readonly head: Page;
  #last: Page;
  #count = 1;

  /** @param heads the first pages of all streams that begin together */
  constructor(heads: readonly Page[]) {
    const head = heads.find(({ body }) => oggFormatOf(body));
    const format = head && oggFormatOf(head.body);
    if (!format) fail(`it has no stream of Vorbis, Opus or FLAC. ${CONVERT}`);
    this.format = format;
    this.head = head;
    this.#last = head;
  }

  /** Whether a page that follows is of this stream. */
  has(page: Page): boolean {
    if (page.serial !== this.head.serial) return false;
    if (page.sequence !== this.head.sequence + this.#count) {
      fail(`it is damaged: pages are missing after page ${this.#count}. ${COPY_AGAIN}`);
    }
    this.#count++;
    this.#last = page;
    return true;
  }

  end(): void {
    if (!this.#last.last) fail(`it is cut off: its last page is missing. ${COPY_AGAIN}`);
  }
}
