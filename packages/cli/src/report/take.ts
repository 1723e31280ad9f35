import type { AudioValue, ImageValue } from '@hifigan/train/node';
import { dataUrl, escapeHtml } from './html.js';

type TakePicture = Pick<ImageValue, 'width' | 'height' | 'png'>;

/** Sound and pictures of one clip, as they stand beside each other. */
export interface Take {
  readonly audio?: Pick<AudioValue, 'samplingRate' | 'samples' | 'wav'>;
  readonly mel?: TakePicture;
  /** From the recording. */
  readonly difference?: TakePicture;
}

/** A clip and what there is of it: the recording, and what was generated. */
export function drawClip(name: string, takes: readonly string[], below = ''): string {
  return `<article class="clip"><h3>${escapeHtml(name)}</h3><div class="takes">${takes.join('\n')}</div>${below}</article>`;
}

/** @param title which take of the clip it is. @param about more to say of it */
export function drawTake(
  title: string,
  clip: string,
  { audio, mel, difference }: Take,
  about = '',
): string {
  const seconds = audio && audio.samplingRate > 0 ? audio.samples / audio.samplingRate : undefined;
  const caption = `${title}${seconds === undefined ? '' : `, ${seconds.toFixed(1)} s`}`;
  const label = escapeHtml(`${clip}, ${title}`);
  const parts = [
    `<figcaption>${escapeHtml(caption)}${about && `<br><small>${escapeHtml(about)}</small>`}</figcaption>`,
    audio &&
      `<audio controls preload="metadata" aria-label="${label}" src="${dataUrl('audio/wav', audio.wav)}"></audio>`,
    mel && drawImage(mel, `spectrogram of ${clip}, ${title}`),
    difference &&
      drawImage(
        difference,
        `how that of ${clip}, ${title}, differs from the recording: red is louder, blue is quieter`,
      ),
  ];
  return `<figure class="take">${parts.filter(Boolean).join('')}</figure>`;
}

function drawImage({ width, height, png }: TakePicture, alt: string): string {
  return `<img src="${dataUrl('image/png', png)}" width="${width}" height="${height}" alt="${escapeHtml(alt)}" title="${escapeHtml(alt)}">`;
}
