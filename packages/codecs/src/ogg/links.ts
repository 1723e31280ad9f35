import { CONVERT, COPY_AGAIN, fail } from '../audio-error.js';
import { hasMark } from '../bits.js';
import type { Page } from './pages.js';

export type OggFormat = 'vorbis' | 'opus' | 'ogg-flac';

/** One stream of sound; several follow each other where files were joined. */
export interface Link {
  readonly format: OggFormat;
  readonly pages: readonly Page[];
  /** Samples up to its end, as its last page says. */
  readonly granule: number;
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
 * The streams of sound that follow each other. Of several at once (pictures, say) the first with sound counts.
 *
 * @throws Problem where one has no end, or pages are missing
 */
export function readLinks(pages: readonly Page[]): Link[] {
  const links: Link[] = [];
  for (let at = 0; at < pages.length; ) {
    if (!pages[at].first) return fail(`it is cut off at its beginning. ${COPY_AGAIN}`);
    // All streams begin before any goes on.
    const begin = at;
    while (at < pages.length && pages[at].first) at++;
    while (at < pages.length && !pages[at].first) at++;
    links.push(readLink(pages.slice(begin, at)));
  }
  const [{ format }] = links;
  const other = links.find((link) => link.format !== format);
  if (other) return fail(`it changes from ${format} to ${other.format}. ${CONVERT}`);
  return links;
}

function readLink(pages: readonly Page[]): Link {
  const head = pages.find((page) => page.first && oggFormatOf(page.body));
  const format = head && oggFormatOf(head.body);
  if (!format) return fail(`it has no stream of Vorbis, Opus or FLAC. ${CONVERT}`);
  const own = pages.filter(({ serial }) => serial === head.serial);
  const gap = own.findIndex((page, index) => page.sequence !== head.sequence + index);
  if (gap >= 0) return fail(`it is damaged: pages are missing after page ${gap}. ${COPY_AGAIN}`);
  const last = own[own.length - 1];
  if (!last.last) return fail(`it is cut off: its last page is missing. ${COPY_AGAIN}`);
  const granule = own.findLast((page) => page.granule !== undefined)?.granule ?? 0;
  return { format, pages: own, granule };
}
