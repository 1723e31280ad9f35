import { effect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { PictureOf, PictureRequest } from '../../protocol.js';
import type { Session } from '../session.js';
import type { SessionProps } from './app.js';

const HEIGHT = 160;
/** Pixels; wider screens stretch the picture. */
const MOST_WIDE = 2400;

/** One spectrogram, drawn by the Worker; a click seeks. */
export function PictureCanvas({
  session,
  of,
  title,
}: SessionProps & { readonly of: PictureOf; readonly title: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const element = canvas.current!;
    const painter = new Painter(session, element);
    const want = () => painter.want(requestNow(session, of, element));
    const observer = new ResizeObserver(want);
    observer.observe(element);
    const stop = effect(() => {
      void session.picturesOf.value;
      want();
    });
    return () => {
      stop();
      observer.disconnect();
      painter.end();
    };
  }, [session, of]);
  const { from, to } = session.listening.range.value;
  const place = (session.listening.position.value - from) / (to - from || 1);
  const secondsAt = (event: MouseEvent) => {
    const { left, width } = canvas.current!.getBoundingClientRect();
    return from + ((event.clientX - left) / width) * (to - from);
  };
  const ticks = session.voice.value?.ticks[session.view.value] ?? [];
  return (
    <div class="picture">
      <canvas
        ref={canvas}
        height={HEIGHT}
        role="img"
        aria-label={`${title}: spectrogram`}
        data-picture={of}
        onClick={(event) => void session.listening.seek(secondsAt(event))}
        onWheel={(event) => {
          if (!event.ctrlKey) return;
          event.preventDefault();
          session.listening.zoom(event.deltaY > 0 ? 1.25 : 0.8, secondsAt(event));
        }}
      />
      <ol class="ticks" aria-hidden="true">
        {ticks.map(({ hz, at }) => (
          <li key={hz} style={{ bottom: `${100 * at}%` }}>
            {hz >= 1000 ? `${hz / 1000} kHz` : `${hz} Hz`}
          </li>
        ))}
      </ol>
      {place >= 0 && place <= 1 && (
        <div class="playhead" aria-hidden="true" style={{ left: `${100 * place}%` }} />
      )}
    </div>
  );
}

function requestNow(session: Session, of: PictureOf, canvas: HTMLCanvasElement): PictureRequest {
  const { from, to } = session.listening.range.value;
  const pixels = Math.round(canvas.clientWidth * (globalThis.devicePixelRatio || 1));
  const width = Math.min(Math.max(pixels, 1), MOST_WIDE);
  return { view: session.view.value, of, from, to, width, height: HEIGHT };
}

/** Asks for one picture at a time, and then for the one that is wanted by then. */
class Painter {
  #wanted: PictureRequest | undefined;
  #asking = false;
  #ended = false;

  constructor(
    readonly session: Session,
    readonly canvas: HTMLCanvasElement,
  ) {}

  want(request: PictureRequest): void {
    this.#wanted = request;
    if (!this.#asking) void this.#ask();
  }

  end(): void {
    this.#ended = true;
  }

  async #ask(): Promise<void> {
    this.#asking = true;
    while (this.#wanted && !this.#ended) {
      const request = this.#wanted;
      this.#wanted = undefined;
      // Where the sound or the voice is being changed there is nothing to see; what comes asks again.
      const picture = await this.session.client.call('picture', request).catch(() => undefined);
      if (this.#ended) return;
      const { canvas } = this;
      canvas.width = picture?.width ?? 1;
      canvas.height = picture?.height ?? HEIGHT;
      if (picture?.pixels) {
        const image = new ImageData(picture.pixels, picture.width, picture.height);
        canvas.getContext('2d')?.putImageData(image, 0, 0);
      }
      canvas.dataset.drawn = picture?.pixels ? 'yes' : 'no';
    }
    this.#asking = false;
  }
}
