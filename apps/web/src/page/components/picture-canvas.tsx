import { effect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { PictureOf, PictureRequest } from '../../protocol.js';
import { Painter, PICTURE_HEIGHT, sizeOf } from '../painter.js';
import type { Session } from '../session.js';
import type { SessionProps } from './app.js';

/** One spectrogram, drawn by the Worker; a click seeks. */
export function PictureCanvas({
  session,
  of,
  title,
}: SessionProps & { readonly of: PictureOf; readonly title: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const element = canvas.current!;
    const painter = new Painter(element, (request: PictureRequest) =>
      session.client.call('picture', request),
    );
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
        height={PICTURE_HEIGHT}
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
  return { view: session.view.value, of, from, to, ...sizeOf(canvas) };
}
