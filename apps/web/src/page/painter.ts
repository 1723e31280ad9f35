import type { Picture, PictureRequest } from '../protocol.js';

export const PICTURE_HEIGHT = 160;
/** Pixels; wider screens stretch the picture. */
const MOST_WIDE = 2400;

/** How large a picture a canvas has room for. */
export function sizeOf(canvas: HTMLCanvasElement): Pick<PictureRequest, 'width' | 'height'> {
  const pixels = Math.round(canvas.clientWidth * (globalThis.devicePixelRatio || 1));
  return { width: Math.min(Math.max(pixels, 1), MOST_WIDE), height: PICTURE_HEIGHT };
}

/** Puts what a Worker draws into a canvas: asks for one picture at a time, and then for the one that is wanted by then. */
export class Painter<Request, P extends Picture> {
  #wanted: Request | undefined;
  #asking = false;
  #ended = false;

  /** @param onDrawn told of each picture that is shown */
  constructor(
    readonly canvas: HTMLCanvasElement,
    readonly ask: (request: Request) => Promise<P>,
    readonly onDrawn: (picture: P) => void = () => undefined,
  ) {}

  want(request: Request): void {
    this.#wanted = request;
    if (!this.#asking) void this.#paint();
  }

  end(): void {
    this.#ended = true;
  }

  async #paint(): Promise<void> {
    this.#asking = true;
    while (this.#wanted && !this.#ended) {
      const request = this.#wanted;
      this.#wanted = undefined;
      // Where the sound or the voice is being changed there is nothing to see; what comes asks again.
      const picture = await this.ask(request).catch(() => undefined);
      if (this.#ended) return;
      const { canvas } = this;
      canvas.width = picture?.width ?? 1;
      canvas.height = picture?.height ?? PICTURE_HEIGHT;
      if (picture?.pixels) {
        const image = new ImageData(picture.pixels, picture.width, picture.height);
        canvas.getContext('2d')?.putImageData(image, 0, 0);
      }
      canvas.dataset.drawn = picture?.pixels ? 'yes' : 'no';
      if (picture) this.onDrawn(picture);
    }
    this.#asking = false;
  }
}
